import { TesseraError } from '../errors.js'
import type { Program } from './format.js'

/** Refuses inputs that are not what the program takes. */
export function checkInputs(p: Program, inputs: readonly Uint8Array[]): void {
  if (inputs.length !== p.inputs.length) throw new TesseraError('InvalidArgument', `The program takes ${p.inputs.length} inputs; ${inputs.length} were given.`)
  p.inputs.forEach((v, i) => {
    const bytes = p.values[v.value]?.bytes, given = inputs[i]?.byteLength
    if (bytes !== given) throw new TesseraError('ShapeMismatch', `'${v.name}' takes ${v.type}[${v.shape.join(', ')}], ${bytes} bytes; ${given} were given.`)
  })
}
