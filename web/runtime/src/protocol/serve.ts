import { capabilities } from '../capabilities.js'
import type { Device } from '../device.js'
import type { Target } from '../program/format.js'
import { WasmDevice } from '../wasm/device.js'
import { WebGpuDevice } from '../webgpu/device.js'
import { encode, FrameReader, Kind, protocolVersion } from './frames.js'
import { json, Session } from './session.js'

/** Bytes in both directions. */
export interface Channel {
  send(frame: Uint8Array<ArrayBuffer>): void
  /** Calls `take` for what arrives until the other side ends. */
  receive(take: (chunk: Uint8Array) => void): Promise<void>
}

export interface ServeOptions {
  threads?: number | undefined
}

/** Says hello on the channel, then answers what comes until the channel ends. */
export async function serve(channel: Channel, options: ServeOptions = {}): Promise<void> {
  const devices = new Map<Target, Promise<Device>>()
  const open = (target: Target): Promise<Device> => {
    let device = devices.get(target)
    if (device === undefined) {
      device = target === 'wasm' ? WasmDevice.open({ threads: options.threads ?? 1 }) : WebGpuDevice.open()
      devices.set(target, device)
      device.catch(() => devices.delete(target))
    }
    return device
  }
  const session = new Session(frame => channel.send(frame), open)
  const reader = new FrameReader()
  channel.send(encode(Kind.hello, protocolVersion, [json(await capabilities())]))
  await channel.receive(chunk => {
    for (const frame of reader.take(chunk)) session.take(frame)
  })
  for (const device of devices.values()) device.then(d => d.dispose(), () => undefined)
}

/** A channel over a WebSocket. */
export async function webSocketChannel(url: string): Promise<Channel> {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  await new Promise<void>((done, fail) => {
    socket.onopen = () => done()
    socket.onerror = () => fail(new Error(`no connection to ${url}`))
  })
  return {
    send: frame => socket.send(frame),
    receive: take => new Promise(done => {
      socket.onmessage = e => take(new Uint8Array(e.data as ArrayBuffer))
      socket.onclose = () => done()
    }),
  }
}
