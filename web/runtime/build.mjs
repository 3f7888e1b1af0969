// Types by tsc, bundles by esbuild, into dist/. Two builds at a time wait for each other; an unchanged source is not built again.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const out = join(root, 'dist')
const lock = join(root, 'node_modules.lock')
const sources = readdirSync(join(root, 'src'), { recursive: true }).map(f => join('src', String(f))).filter(f => f.endsWith('.ts')).sort()
const hash = files => files.reduce((h, f) => h.update(f).update(readFileSync(join(root, f))), createHash('sha256')).digest('hex')
const stamp = hash([...sources, 'build.mjs', 'tsconfig.json', 'package.json', 'package-lock.json'])
const built = (folder, s) => existsSync(join(folder, '.stamp')) && readFileSync(join(folder, '.stamp'), 'utf8') === s

function run(command, ...args) {
  const r = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  if (r.error) throw r.error
  if (r.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${r.status ?? r.signal}`)
}

async function locked(work) {
  for (const begin = Date.now(); ; await new Promise(r => setTimeout(r, 200))) {
    try {
      mkdirSync(lock)
      break
    } catch (e) {
      if (e.code !== 'EEXIST') throw e
      // Whoever held it for ten minutes was killed.
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
      if (age > 600_000) rmSync(lock, { recursive: true, force: true })
      if (Date.now() - begin > 900_000) throw new Error(`${lock} stays taken`)
    }
  }
  try {
    return await work()
  } finally {
    rmdirSync(lock)
  }
}

async function install() {
  const wanted = hash(['package-lock.json'])
  if (built(join(root, 'node_modules'), wanted)) return
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error')
  writeFileSync(join(root, 'node_modules', '.stamp'), wanted)
}

async function build() {
  await install()
  const next = `${out}.next`
  rmSync(next, { recursive: true, force: true })
  const { tsc } = createRequire(join(root, 'package.json'))('typescript/package.json').bin
  run(process.execPath, join(root, 'node_modules', 'typescript', tsc), '-p', root, '--outDir', join(next, 'types'))
  const esbuild = createRequire(join(root, 'package.json'))('esbuild')
  const common = { absWorkingDir: root, bundle: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'none', external: ['node:*', 'react'], logLevel: 'warning' }
  const runtimeIsApart = { name: 'runtime', setup: b => b.onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: './tessera.js', external: true })) }
  await esbuild.build({ ...common, entryPoints: ['src/index.ts'], outfile: join(next, 'tessera.js') })
  await esbuild.build({ ...common, entryPoints: ['src/worker.ts'], outfile: join(next, 'worker.js') })
  for (const apart of ['react', 'page']) await esbuild.build({ ...common, entryPoints: [`src/${apart}.ts`], outfile: join(next, `${apart}.js`), plugins: [runtimeIsApart] })
  writeFileSync(join(next, '.stamp'), stamp)
  rmSync(out, { recursive: true, force: true })
  renameSync(next, out)
}

if (!built(out, stamp)) await locked(async () => built(out, stamp) || build())
else utimesSync(join(out, '.stamp'), new Date(), new Date())
