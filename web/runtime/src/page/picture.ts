import type { Elements, Spec } from '../index.js'

/** Where channels, rows and columns stand in [1, C, H, W] or [1, H, W, C]. */
function layout(spec: Spec): { channels: number; height: number; width: number; last: boolean } | undefined {
  const [n, a, b, c] = spec.shape
  if (spec.shape.length !== 4 || n !== 1 || a === undefined || b === undefined || c === undefined) return undefined
  if (a === 1 || a === 3) return { channels: a, height: b, width: c, last: false }
  return c === 1 || c === 3 ? { channels: c, height: a, width: b, last: true } : undefined
}

export function takesPicture(spec: Spec): boolean {
  return (spec.type === 'Float32' || spec.type === 'UInt8') && layout(spec) !== undefined
}

/** A picture, resized to what the input takes: floats from 0 to 1, UInt8 from 0 to 255; grey by the weights of BT.601. */
export async function pixelsOf(file: Blob, spec: Spec): Promise<Elements> {
  const { channels, height, width, last } = layout(spec) as NonNullable<ReturnType<typeof layout>>
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  context.drawImage(await createImageBitmap(file), 0, 0, width, height)
  const rgba = context.getImageData(0, 0, width, height).data
  const floats = spec.type === 'Float32'
  const out = floats ? new Float32Array(channels * height * width) : new Uint8Array(channels * height * width)
  for (let i = 0; i < height * width; i++) {
    const [r, g, b] = [rgba[4 * i] as number, rgba[4 * i + 1] as number, rgba[4 * i + 2] as number]
    const values = channels === 3 ? [r, g, b] : [0.299 * r + 0.587 * g + 0.114 * b]
    values.forEach((v, c) => { out[last ? i * channels + c : c * height * width + i] = floats ? v / 255 : Math.round(v) })
  }
  return out
}
