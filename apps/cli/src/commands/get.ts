import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { CliError, UsageError } from '../failure.js'
import { AskedTogether } from '../get/asked-together.js'
import { type GetRequest, type GetTools, get } from '../get/get.js'
import { getFolder } from '../get/folder.js'
import { Portal } from '../get/portal.js'
import { screenProgress, silent } from '../get/progress.js'
import { GetReport } from '../get/report.js'
import { assertDirectory } from '../get/target.js'
import type { Io } from '../io.js'
import { linksOf } from '../links.js'
import { count } from '../options.js'
import { userEndpoint } from '../settings.js'
import { INPUT, KEY } from './inquiry.js'

const DEFAULT_CONNECTIONS = 16
const MAX_CONNECTIONS = 64

interface GetOptions {
  inputFile?: string[]
  key?: string
  output?: string
  connections: number
  password?: string
  package?: string
  force?: boolean
  quiet?: boolean
}

export function registerGet(program: Command, cli: Cli): void {
  program
    .command('get [urls...]')
    .description('download links of supported hosts, or all of a folder, through OBB; run it again to go on')
    .option(...KEY)
    .option(...INPUT)
    .option('-o, --output <path>', 'file or directory to write to (default: the name of the link, here)')
    .option('-x, --connections <n>', 'parallel connections, 1 to 64', count, DEFAULT_CONNECTIONS)
    .option('--password <password>', 'password of the file')
    .option('--package <name>', 'what the files are called together; see `links --package`')
    .option('--force', 'replace an existing file')
    .option('-q, --quiet', 'print errors only')
    .action(async (urls: string[], { inputFile, ...options }: GetOptions) => {
      const links = await linksOf(cli.io, urls, inputFile)
      if (links.length > 1) await assertDirectory(cli.io.cwd, options.output)
      const tools = toolsOf(cli, options)
      const together = new AskedTogether(tools.portal, links, options.password, options.package)
      const report = new GetReport(cli, tools.progress, options.quiet ?? false, links.length > 1)
      for (const [index, url] of links.entries()) {
        const asked = await together.take(index)
        await getOne(requestOf(cli.io, { url, asked }, options), tools, report).catch((error: unknown) => {
          if (links.length === 1 || cli.io.signal.aborted || !(error instanceof CliError)) throw error
          if (error instanceof UsageError) throw error
          report.fail(url, error)
        })
      }
      report.end()
    })
}

function toolsOf({ flags, http, io, json }: Cli, { connections, key, quiet }: GetOptions): GetTools {
  if (connections < 1 || connections > MAX_CONNECTIONS) throw new UsageError('-x must be from 1 to 64')
  const endpoint = userEndpoint(io, {
    ...(flags.api === undefined ? {} : { api: flags.api }),
    ...(key === undefined ? {} : { secret: key }),
  })
  const { clock, signal } = io
  const progress = quiet || json ? silent : screenProgress(io.stderr, clock)
  const portal = new Portal(endpoint, http, clock, signal, progress)
  return { portal, http, clock, signal, progress }
}

function requestOf(
  { cwd }: Io,
  link: Pick<GetRequest, 'url' | 'asked'>,
  { connections, output, package: packageName, password, force = false }: GetOptions,
): GetRequest {
  return {
    ...{ ...link, connections, force, cwd },
    ...(output === undefined ? {} : { output }),
    ...(password === undefined ? {} : { password }),
    ...(packageName === undefined ? {} : { package: packageName }),
  }
}

async function getOne(request: GetRequest, tools: GetTools, report: GetReport): Promise<void> {
  try {
    await get(request, tools).then(
      (got) => report.got(got),
      (error: unknown) => getFolder(request, tools, error, report),
    )
  } finally {
    tools.progress.end()
  }
}
