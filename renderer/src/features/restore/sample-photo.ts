const name = 'mountain-lake-noisy.jpg';
const address = new URL('../../../../assets/samples/mountain-lake-noisy.jpg', import.meta.url).href;

/** The noisy photo that comes with Pellucid; it is a picture that the project computed itself. */
export async function openSample(): Promise<File> {
  const answer = await fetch(address);
  return new File([await answer.blob()], name, { type: 'image/jpeg' });
}
