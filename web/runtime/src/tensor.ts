import { TesseraError } from './errors.js'
import { byteLength, count, type ElementType } from './types.js'

/** Arrays that hold elements. */
export type Elements =
  | Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array

/** A value with its type and shape, row-major. 16-bit floats are given as their bits, in a `Uint16Array`; booleans and 4-bit integers as bytes. */
export interface Tensor {
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly data: Elements
}

/** An array of what holds elements of that type, over those bytes; copies them where they are not aligned. */
export function elements(type: ElementType, bytes: Uint8Array<ArrayBuffer>): Elements {
  const size = type.includes('64') ? 8 : type.includes('32') ? 4 : type.includes('16') ? 2 : 1
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice()
  const buffer = aligned.buffer, at = aligned.byteOffset, n = Math.floor(aligned.byteLength / size)
  switch (type) {
    case 'Float32': return new Float32Array(buffer, at, n)
    case 'Float64': return new Float64Array(buffer, at, n)
    case 'Int64': return new BigInt64Array(buffer, at, n)
    case 'UInt64': return new BigUint64Array(buffer, at, n)
    case 'Int32': return new Int32Array(buffer, at, n)
    case 'UInt32': return new Uint32Array(buffer, at, n)
    case 'Int16': return new Int16Array(buffer, at, n)
    case 'UInt16': case 'Float16': case 'BFloat16': return new Uint16Array(buffer, at, n)
    case 'Int8': return new Int8Array(buffer, at, n)
    case 'UInt8': case 'Bool': case 'Int4': case 'UInt4': return aligned
  }
}

/** The bytes of a tensor. Plain numbers fit any numeric type; a typed array must be the one that holds its elements. */
export function toBytes(name: string, type: ElementType, shape: readonly number[], given: Elements | readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength(type, shape))
  const holder = elements(type, bytes)
  const packed = type === 'Int4' || type === 'UInt4'
  const expected = packed ? holder.length : count(shape)
  if (given.length !== expected) {
    throw new TesseraError('ShapeMismatch', `'${name}' takes ${type}[${shape.join(', ')}], ${expected} ${packed ? 'bytes' : 'elements'}; ${given.length} were given.`)
  }
  if (ArrayBuffer.isView(given)) {
    if (given.constructor !== holder.constructor && !(given instanceof Uint8ClampedArray && holder instanceof Uint8Array)) {
      throw new TesseraError('TypeMismatch', `'${name}' takes ${type}, which a ${holder.constructor.name} holds; a ${given.constructor.name} was given.`)
    }
    bytes.set(new Uint8Array(given.buffer, given.byteOffset, given.byteLength))
  } else if (holder instanceof BigInt64Array || holder instanceof BigUint64Array) {
    given.forEach((v, i) => { holder[i] = BigInt(v) })
  } else if (type === 'Float16' || type === 'BFloat16') {
    throw new TesseraError('TypeMismatch', `'${name}' takes ${type}: give its bits in a Uint16Array.`)
  } else {
    holder.set(given as number[])
  }
  return bytes
}
