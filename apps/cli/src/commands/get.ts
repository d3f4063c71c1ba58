import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { CliError, UsageError } from '../failure.js'
import { AskedTogether } from '../get/asked-together.js'
import { type GetRequest, type GetTools, type Got, get } from '../get/get.js'
import { getFolder } from '../get/folder.js'
import { Portal } from '../get/portal.js'
import { screenProgress, silent } from '../get/progress.js'
import { destination } from '../get/target.js'
import { linksOf } from '../links.js'
import { count } from '../options.js'
import { failureText, formatBytes, printable } from '../output.js'
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
      const { output } = options
      if (links.length > 1 && (await destination(cli.io.cwd, output)).name !== undefined)
        throw new UsageError('-o must be a directory where there are several links')
      const tools = toolsOf(cli, options)
      const together = new AskedTogether(tools.portal, links, options.password, options.package)
      const failed: string[] = []
      for (const [index, url] of links.entries()) {
        const asked = await together.take(index)
        await getOne(cli, { url, asked }, options, tools).catch((error: unknown) => {
          if (links.length === 1 || cli.io.signal.aborted || !(error instanceof CliError)) throw error
          if (error instanceof UsageError) throw error
          cli.io.stderr.write(failureText(error, url))
          failed.push(url)
        })
      }
      if (failed.length > 0) throw new CliError(`${failed.length} of ${links.length} links failed`, 1, failed)
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

async function getOne(
  cli: Cli,
  link: Pick<GetRequest, 'url' | 'asked'>,
  { connections, output, package: packageName, password, force = false, quiet = false }: GetOptions,
  tools: GetTools,
): Promise<void> {
  const { progress } = tools
  const request = {
    ...link,
    connections,
    force,
    cwd: cli.io.cwd,
    ...(output === undefined ? {} : { output }),
    ...(password === undefined ? {} : { password }),
    ...(packageName === undefined ? {} : { package: packageName }),
  }
  try {
    const show = (got: Got): void => {
      progress.end()
      if (!quiet || cli.json) cli.print(got, line)
    }
    await get(request, tools).then(show, (error: unknown) => getFolder(request, tools, error, show))
  } finally {
    progress.end()
  }
}

function line({ file, bytes, seconds, sha256 }: Got): string {
  const speed = seconds > 0 ? `, ${formatBytes(bytes / seconds)}/s` : ''
  return `${printable(file)}  ${formatBytes(bytes)} in ${seconds.toFixed(1)} s${speed}\nSHA-256 ${sha256}`
}
