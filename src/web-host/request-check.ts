import { tokenProtocolPrefix, webProtocol } from '../rpc/web-socket-transport.ts';
import { isSameToken } from './token.ts';

/** What a request says about where it comes from. */
export interface RequestOrigin {
  method: string | undefined;
  host: string | undefined;
  origin: string | undefined;
  /** True when it says that a body follows. */
  hasBody: boolean;
}

export interface Refusal {
  status: 400 | 401 | 403 | 404 | 405;
  reason: string;
}

/**
 * Decides whether a request comes from the app's own page or from the address bar. Pure.
 *
 * The Host header must be the loopback address itself: a page of a foreign name that was made to resolve to 127.0.0.1
 * (DNS rebinding) sends its own name. An Origin, where there is one, must be this host's: pages of other origins can
 * send requests here, though they may not read the answers.
 * @param port the port that the host listens on
 */
export function refuseRequest({ method, host, origin, hasBody }: RequestOrigin, port: number): Refusal | undefined {
  if (host !== `127.0.0.1:${port}`) return { status: 403, reason: 'Open the address that Pellucid printed.' };
  if (origin !== undefined && origin !== ownOrigin(port)) {
    return { status: 403, reason: 'Requests from other pages are refused.' };
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'Only GET and HEAD are answered.' };
  if (hasBody) return { status: 400, reason: 'Nothing is taken over HTTP.' };
  return undefined;
}

/**
 * Decides whether a WebSocket may be opened: as {@link refuseRequest}, and the Origin must be there, because every
 * browser sends it, and the token must be among the subprotocols, so that other programs of the machine are kept out.
 * @param protocols the Sec-WebSocket-Protocol header
 */
export function refuseUpgrade(
  request: RequestOrigin & { path: string | undefined; protocols: string | undefined },
  port: number,
  token: string,
): Refusal | undefined {
  const refusal = refuseRequest(request, port);
  if (refusal !== undefined) return refusal;
  if (request.origin !== ownOrigin(port)) return { status: 403, reason: 'The page does not say where it comes from.' };
  if (request.path !== rpcPath) return { status: 404, reason: 'There is nothing here.' };
  const offered = (request.protocols ?? '').split(',').map((protocol) => protocol.trim());
  const given = offered.find((protocol) => protocol.startsWith(tokenProtocolPrefix))?.slice(tokenProtocolPrefix.length);
  if (!offered.includes(webProtocol) || given === undefined || !isSameToken(given, token)) {
    return { status: 401, reason: 'Open the address that Pellucid printed: it has the token of this run.' };
  }
  return undefined;
}

/** The path of the WebSocket. */
const rpcPath = '/rpc';

function ownOrigin(port: number): string {
  return `http://127.0.0.1:${port}`;
}
