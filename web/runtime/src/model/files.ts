import { describe, TesseraError } from '../errors.js'
import type { Cache } from './cache.js'
import type { ModelFile } from './manifest.js'

/** Reads files of a folder. */
export interface Folder {
  read(file: string, signal: AbortSignal | undefined, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>>
}

/** A folder on a web server, or under a `file:` address in Node and Deno. */
export function folderAt(base: URL): Folder {
  return {
    async read(file, signal, onBytes) {
      const url = new URL(file, base)
      const disk = (globalThis as { process?: { getBuiltinModule?(name: string): unknown; versions?: { node?: string } } }).process?.versions?.node !== undefined
      if (url.protocol === 'file:' && disk) {
        const { readFile } = await import(/* webpackIgnore: true */ 'node:fs/promises')
        const bytes = new Uint8Array(await readFile(url, { signal }))
        onBytes(bytes.byteLength)
        return bytes
      }
      return download(url, signal, onBytes)
    },
  }
}

async function download(url: URL, signal: AbortSignal | undefined, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal: signal ?? null })
  if (!response.ok || response.body === null) throw new TesseraError('InvalidArgument', `${url.href}: the server answers ${response.status} ${response.statusText}.`)
  const chunks: Uint8Array[] = []
  let total = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    total += value.byteLength
    onBytes(total)
  }
  const whole = new Uint8Array(total)
  let at = 0
  for (const c of chunks) {
    whole.set(c, at)
    at += c.byteLength
  }
  return whole
}

/** A file's bytes out of the cache, or of the folder and then kept. What does not have the size and hash that the model says is refused. */
export async function fetchFile(f: ModelFile, folder: Folder, cache: Cache, signal: AbortSignal | undefined, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const kept = await cache.get(f.hash)
  if (kept !== undefined && (await wrong(f, kept)) === undefined) {
    onBytes(f.bytes)
    return kept
  }
  const bytes = await folder.read(f.file, signal, onBytes).catch((e: unknown) => {
    if (e instanceof TesseraError || signal?.aborted === true) throw e
    throw new TesseraError('InvalidArgument', `${f.file} can't be read: ${describe(e)}`, { cause: e })
  })
  const why = await wrong(f, bytes)
  if (why !== undefined) throw new TesseraError('MalformedModel', `${f.file} ${why}. The folder is damaged or half updated: export it again.`)
  await cache.put(f.hash, bytes)
  return bytes
}

async function wrong(f: ModelFile, bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  if (bytes.byteLength !== f.bytes) return `has ${bytes.byteLength} bytes, not ${f.bytes}`
  // Pages on plain http have no hashes; the size is all that can be checked there.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
  if (subtle === undefined) return undefined
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  const hash = Array.from(digest, b => b.toString(16).padStart(2, '0')).join('')
  return hash === f.hash ? undefined : `has the SHA-256 ${hash}, not ${f.hash}`
}
