/** Bits of one element, by type. */
const bits = {
  Float64: 64, Int64: 64, UInt64: 64,
  Float32: 32, Int32: 32, UInt32: 32,
  Float16: 16, BFloat16: 16, Int16: 16, UInt16: 16,
  Int8: 8, UInt8: 8, Bool: 8,
  Int4: 4, UInt4: 4,
} as const

/** Element types that programs take and give. 4-bit integers lie two to a byte, the low half first. */
export type ElementType = keyof typeof bits

export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(bits, name)
}

/** Elements of a shape; 1 for a scalar. */
export function count(shape: readonly number[]): number {
  return shape.reduce((n, extent) => n * extent, 1)
}

/** Bytes of a value of that type and shape. */
export function byteLength(type: ElementType, shape: readonly number[]): number {
  return Math.ceil((count(shape) * bits[type]) / 8)
}
