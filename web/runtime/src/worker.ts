/// <reference lib="webworker" />
import { serve, webSocketChannel, type Channel } from './protocol/serve.js'

/** Serves the worker protocol: on standard input and output as a program of Node or Deno (`worker.js --serve THREADS`; with `--temporary` it removes its own folder), over the WebSocket that its name tells as a worker of a page. */
export { serve, webSocketChannel, type Channel, type ServeOptions } from './protocol/serve.js'

interface Streams {
  argv: string[]
  stdin: AsyncIterable<Uint8Array>
  stdout: { write(bytes: Uint8Array): boolean }
  exit(code: number): never
}

const streams = (globalThis as { process?: Streams & { versions?: { node?: string } } }).process
const page = globalThis as { name?: string; postMessage?(m: unknown): void }

if (streams?.versions?.node !== undefined && streams.argv[2] === '--serve') {
  const channel: Channel = {
    send: frame => void streams.stdout.write(frame),
    async receive(take) {
      for await (const chunk of streams.stdin) take(chunk)
    },
  }
  // Whoever made the folder for this one script may be killed before it can remove it.
  if (streams.argv[4] === '--temporary') {
    const { rmSync } = await import('node:fs')
    rmSync(new URL('.', import.meta.url), { recursive: true, force: true })
  }
  await serve(channel, { threads: Number(streams.argv[3]) })
  streams.exit(0)
} else if (page.name?.startsWith('tessera ')) {
  const [, threads, url] = page.name.split(' ')
  try {
    await serve(await webSocketChannel(String(url)), { threads: Number(threads) })
  } finally {
    page.postMessage?.('ended')
  }
}
