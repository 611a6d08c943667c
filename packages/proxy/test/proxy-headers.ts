/** A PROXY protocol header of version 2. `length`: what it says of its own, if not the truth. */
export function v2(
  versionAndCommand: number,
  familyAndTransport: number,
  payload: readonly number[],
  length = payload.length,
): Buffer {
  const head = Buffer.from('\r\n\r\n\0\r\nQUIT\n____', 'latin1');
  head.writeUInt8(versionAndCommand, 12);
  head.writeUInt8(familyAndTransport, 13);
  head.writeUInt16BE(length, 14);
  return Buffer.concat([head, Buffer.from(payload)]);
}
