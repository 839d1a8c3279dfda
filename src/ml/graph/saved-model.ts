import { createRequire } from 'node:module';
import type { Attribute, DType, Graph, Operation, Shape, Signature, Value } from './graph.ts';

/**
 * Writes a graph as TensorFlow's SavedModel, with the protocol buffers that tfjs-node carries.
 * Sources: tensorflow/core/protobuf/saved_model.proto, meta_graph.proto, framework/graph.proto, attr_value.proto.
 */

interface ProtoMap {
  set(key: string, value: Proto): void;
}

/** The part of a generated message class that is used here: setters, list setters and map getters by name. */
interface Proto {
  [method: string]: (argument?: unknown) => unknown;
}

interface ProtoModule {
  [message: string]: (new () => Proto) & { [message: string]: new () => Proto };
}

/** Values of DataType in tensorflow/core/framework/types.proto. */
const dataTypes: Record<DType, number> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  int16: 5,
  string: 7,
  bool: 10,
  bfloat16: 14,
  resource: 20,
};
/** Version of the GraphDef that this writer keeps to (tensorflow/core/public/version.h). */
const graphDefProducer = 1395;

let protos: ProtoModule | undefined;

function create(message: string, nested?: string): Proto {
  protos ??= createRequire(import.meta.url)('@tensorflow/tfjs-node/dist/proto/api_pb.js') as ProtoModule;
  const type = protos[message];
  const constructor = nested === undefined ? type : type?.[nested];
  if (constructor === undefined) throw new Error(`tfjs-node carries no protocol buffer ${message}.`);
  return new constructor();
}

function build(message: string, fields: Record<string, unknown>, nested?: string): Proto {
  const proto = create(message, nested);
  for (const [setter, value] of Object.entries(fields)) invoke(proto, setter, value);
  return proto;
}

function invoke(proto: Proto, method: string, argument?: unknown): unknown {
  const call = proto[method];
  if (call === undefined) throw new Error(`The protocol buffer has no ${method}.`);
  return call.call(proto, argument);
}

function mapOf(proto: Proto, getter: string): ProtoMap {
  return invoke(proto, getter) as ProtoMap;
}

function shapeProto(shape: Shape): Proto {
  const dimensions = shape.map((size) => build('TensorShape', { setSize: size }, 'Dim'));
  return build('TensorShape', { setDimList: dimensions });
}

function attributeProto(attribute: Attribute): Proto {
  if ('type' in attribute) return build('AttrValue', { setType: dataTypes[attribute.type] });
  if ('shape' in attribute) return build('AttrValue', { setShape: shapeProto(attribute.shape) });
  if ('int' in attribute) return build('AttrValue', { setI: attribute.int });
  if ('bool' in attribute) return build('AttrValue', { setB: attribute.bool });
  if ('float' in attribute) return build('AttrValue', { setF: attribute.float });
  if ('string' in attribute) return build('AttrValue', { setS: Buffer.from(attribute.string) });
  if ('ints' in attribute) {
    return build('AttrValue', { setList: build('AttrValue', { setIList: attribute.ints }, 'ListValue') });
  }
  const { data, shape, dtype } = attribute.tensor;
  const content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const tensor = build('Tensor', {
    setDtype: dataTypes[dtype],
    setTensorShape: shapeProto(shape),
    setTensorContent: content,
  });
  return build('AttrValue', { setTensor: tensor });
}

function nodeProto(operation: Operation): Proto {
  const inputs = operation.inputs.map((value) => value.operation.name);
  const controls = operation.controls.map((value) => `^${value.operation.name}`);
  const node = build('NodeDef', {
    setName: operation.name,
    setOp: operation.type,
    setInputList: [...inputs, ...controls],
  });
  const attributes = mapOf(node, 'getAttrMap');
  for (const [name, attribute] of Object.entries(operation.attributes)) attributes.set(name, attributeProto(attribute));
  return node;
}

function tensorInfo(value: Value, name = `${value.operation.name}:0`): Proto {
  return build('TensorInfo', {
    setName: name,
    setDtype: dataTypes[value.dtype],
    setTensorShape: shapeProto(value.shape),
  });
}

function signatureProto(signature: Signature): Proto {
  const proto = build('SignatureDef', { setMethodName: 'pellucid' });
  const inputs = mapOf(proto, 'getInputsMap');
  for (const [key, value] of Object.entries(signature.inputs)) inputs.set(key, tensorInfo(value));
  const outputs = mapOf(proto, 'getOutputsMap');
  for (const [key, value] of Object.entries(signature.outputs)) outputs.set(key, tensorInfo(value));
  return proto;
}

/** The bytes of `saved_model.pb` for a graph with its signatures, tagged `serve`. */
export function savedModelBytes(graph: Graph): Uint8Array {
  const initialise = graph.add('NoOp', [], [], 'resource', { name: 'initialise', controls: graph.initialisers });
  const graphDef = build('GraphDef', {
    setVersions: build('VersionDef', { setProducer: graphDefProducer }),
    setNodeList: graph.operations.map(nodeProto),
  });
  const metaGraph = build('MetaGraphDef', {
    setMetaInfoDef: build('MetaGraphDef', { setTagsList: ['serve'] }, 'MetaInfoDef'),
    setGraphDef: graphDef,
  });
  const signatures = mapOf(metaGraph, 'getSignatureDefMap');
  for (const [name, signature] of graph.signatures) signatures.set(name, signatureProto(signature));
  const initSignature = create('SignatureDef');
  mapOf(initSignature, 'getOutputsMap').set('__saved_model_init_op', tensorInfo(initialise, initialise.operation.name));
  signatures.set('__saved_model_init_op', initSignature);
  const model = build('SavedModel', { setSavedModelSchemaVersion: 1, setMetaGraphsList: [metaGraph] });
  return invoke(model, 'serializeBinary') as Uint8Array;
}
