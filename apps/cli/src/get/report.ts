import type { Cli } from '../cli.js'
import { CliError, failureView } from '../failure.js'
import { failureText, formatBytes, printable } from '../output.js'
import type { Got } from './get.js'
import type { ProgressDisplay } from './progress.js'

/** GetReport tells what came of each link as it is over; with `--json` in one document at the end. */
export class GetReport {
  private readonly files: Got[] = []
  private readonly failed: { url: string; error: CliError }[] = []

  /** `isSeveral`: whether there may be more than one file. */
  constructor(
    private readonly cli: Cli,
    private readonly progress: Pick<ProgressDisplay, 'end'>,
    private readonly quiet: boolean,
    private isSeveral: boolean,
  ) {}

  /** A link turned out to be a folder. */
  expectSeveral(): void {
    this.isSeveral = true
  }

  got(file: Got): void {
    this.progress.end()
    this.files.push(file)
    if (!this.quiet && !this.cli.json) this.cli.print(file, line)
  }

  fail(url: string, error: CliError): void {
    this.progress.end()
    this.cli.io.stderr.write(failureText(error, url))
    this.failed.push({ url, error })
  }

  /** Raises CliError where some failed. */
  end(): void {
    const { files, failed } = this
    const failure =
      failed.length === 0
        ? undefined
        : new CliError(
            `${failed.length} of ${files.length + failed.length} links failed`,
            1,
            failed.map(({ url }) => url),
          )
    if (this.cli.json) this.cli.print(this.isSeveral ? this.document(failure) : files[0], String)
    if (failure !== undefined) throw failure
  }

  private document(failure: CliError | undefined): object {
    if (failure === undefined) return { files: this.files }
    const failed = this.failed.map(({ url, error }) => ({ url, error: failureView(error) }))
    return { files: this.files, failed, error: failureView(failure) }
  }
}

function line({ file, bytes, seconds, sha256 }: Got): string {
  const speed = seconds > 0 ? `, ${formatBytes(bytes / seconds)}/s` : ''
  return `${printable(file)}  ${formatBytes(bytes)} in ${seconds.toFixed(1)} s${speed}\nSHA-256 ${sha256}`
}
