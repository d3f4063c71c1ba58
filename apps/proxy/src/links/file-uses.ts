import { Inject, Injectable } from '@nestjs/common'
import type { Download, Downloads } from '@obb/core/links'
import { describe } from '../http/failures.js'
import { DOWNLOADS, LOG, type Log } from '../ports.js'

/** Records that files are read, which keeps them; a download does not fail because that could not be written down. */
@Injectable()
export class FileUses {
  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(LOG) private readonly log: Log,
  ) {}

  record(download: Download): void {
    this.downloads.touch(download).catch((error: unknown) => {
      this.log.warn({ file: download.fileId, reason: describe(error) }, 'use of a file was not recorded')
    })
  }
}
