import type { IncomingMessage, ServerResponse } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import { within } from '@obb/core/deadline'
import { PIECE_BYTES } from '@obb/core/files'
import type { Download, Downloads } from '@obb/core/links'
import { downloadUrl, DownloadUrls } from '@obb/core/origin'
import { contentDisposition, downloadName } from './disposition.js'
import { unavailable } from '../http/failures.js'
import { metalink } from './metalink.js'
import { DOWNLOADS, TIMING, type Timing } from '../ports.js'
import type { ReadyFile } from '../links/served-file.js'

const SUFFIX = '.meta4'

/** Answers with the Metalink of a file: what a client has to know to verify and repair it. */
@Injectable()
export class Metalinks {
  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(TIMING) private readonly timing: Timing,
    private readonly urls: DownloadUrls,
  ) {}

  /** By the name in the URL; a file that is a Metalink itself is served as it is. */
  isAskedFor(fileName: string | undefined, file: ReadyFile): boolean {
    return fileName?.endsWith(SUFFIX) === true && !file.name.endsWith(SUFFIX)
  }

  async answer(
    download: Download,
    { name, size, md5, sha256 }: ReadyFile,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const digests = await within(this.timing.lookup, this.downloads.pieces(download), 'pieces').catch(
      unavailable,
    )
    const url = downloadUrl(this.urls.base(request), download.linkId, downloadName(name))
    const pieces = digests && { length: PIECE_BYTES, digests }
    const body = Buffer.from(metalink({ name, size, md5, url, pieces, sha256 }))
    response.writeHead(200, {
      'content-type': 'application/metalink4+xml',
      'content-length': body.length,
      'content-disposition': contentDisposition(`${name}${SUFFIX}`),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}
