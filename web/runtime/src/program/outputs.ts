import { TesseraError } from '../errors.js'
import type { Program } from './format.js'

/** The bytes of each output, copied by `read` from where the output's value lies, into what the caller gave or else into new memory. */
export function takeOutputs(p: Program, into: readonly Uint8Array<ArrayBuffer>[] | undefined, read: (value: number) => Uint8Array): Uint8Array<ArrayBuffer>[] {
  return p.outputs.map((v, i) => {
    const bytes = read(v.value), given = into?.[i]
    if (given === undefined) return bytes.slice() as Uint8Array<ArrayBuffer>
    given.set(bytes)
    return given
  })
}

/** Refuses memory for outputs that is not as large as they are. */
export function checkOutputs(p: Program, into: readonly Uint8Array[] | undefined): void {
  if (into === undefined) return
  if (into.length !== p.outputs.length) throw new TesseraError('InvalidArgument', `The program gives ${p.outputs.length} outputs; memory for ${into.length} was given.`)
  p.outputs.forEach((v, i) => {
    const bytes = p.values[v.value]?.bytes, given = into[i]?.byteLength
    if (bytes !== given) throw new TesseraError('ShapeMismatch', `'${v.name}' gives ${v.type}[${v.shape.join(', ')}], ${bytes} bytes; memory of ${given} was given.`)
  })
}
