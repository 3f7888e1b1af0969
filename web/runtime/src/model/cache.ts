/** Keeps bytes by the hash of their content. Losing them costs a download, so nothing here fails: what can't be kept is not kept. */
export interface Cache {
  get(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  put(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
}

const folder = 'tessera'

/** The origin's private file system where it can be written to, else IndexedDB, else nothing. */
export async function openCache(): Promise<Cache> {
  return (await fileCache()) ?? (await databaseCache()) ?? noCache
}

export const noCache: Cache = { get: () => Promise.resolve(undefined), put: () => Promise.resolve() }

async function fileCache(): Promise<Cache | undefined> {
  try {
    const root = await globalThis.navigator.storage.getDirectory()
    const files = await root.getDirectoryHandle(folder, { create: true })
    if (typeof FileSystemFileHandle === 'undefined' || !('createWritable' in FileSystemFileHandle.prototype)) return undefined
    return {
      async get(hash) {
        try {
          const handle = await files.getFileHandle(hash)
          return new Uint8Array(await (await handle.getFile()).arrayBuffer())
        } catch {
          return undefined
        }
      },
      async put(hash, bytes) {
        try {
          const handle = await files.getFileHandle(hash, { create: true })
          const out = await handle.createWritable()
          await out.write(bytes)
          await out.close()
        } catch {
          await files.removeEntry(hash).catch(() => undefined)
        }
      },
    }
  } catch {
    return undefined
  }
}

async function databaseCache(): Promise<Cache | undefined> {
  try {
    const opening = globalThis.indexedDB.open(folder, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(folder)
    const database = await answer(opening)
    const store = (mode: IDBTransactionMode) => database.transaction(folder, mode).objectStore(folder)
    return {
      async get(hash) {
        try {
          return (await answer(store('readonly').get(hash))) as Uint8Array<ArrayBuffer> | undefined
        } catch {
          return undefined
        }
      },
      async put(hash, bytes) {
        try {
          await answer(store('readwrite').put(bytes, hash))
        } catch {
          // Over its quota, or private: then it is downloaded again.
        }
      },
    }
  } catch {
    return undefined
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error ?? new Error('IndexedDB failed'))
  })
}
