import type { IncomingMessage, ServerResponse } from 'node:http'
import { Injectable } from '@nestjs/common'
import { downloadName } from '@obb/contracts'
import { PIECE_BYTES } from '@obb/core/files'
import type { Download } from '@obb/core/links'
import { downloadUrl, DownloadUrls } from '@obb/core/origin'
import type { ReadyFile } from '../links/served-file.js'
import { contentDisposition } from './disposition.js'
import { metalinkFrame, pieceLines } from './metalink.js'
import { PieceHashes } from './piece-hashes.js'

const SUFFIX = '.meta4'

/** Answers with the Metalink of a file: what a client has to know to verify and repair it. */
@Injectable()
export class Metalinks {
  constructor(
    private readonly pieceHashes: PieceHashes,
    private readonly urls: DownloadUrls,
  ) {}

  /** By the name in the URL; a file that is a Metalink itself is served as it is. */
  isAskedFor(fileName: string | undefined, file: ReadyFile): boolean {
    return fileName?.endsWith(SUFFIX) === true && !file.name.endsWith(SUFFIX)
  }

  /**
   * Hashes of pieces that are not known yet are sent as they are computed. Raises StoreError where the object cannot
   * be read for them, and a refusal before the head is written.
   */
  async answer(
    download: Download,
    file: ReadyFile,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { name, size, md5, sha256 } = file
    const found = await this.pieceHashes.find(download, file)
    const url = downloadUrl(this.urls.base(request), download.linkId, downloadName(name))
    const pieces = found && { length: PIECE_BYTES, count: found.count }
    const { head, tail, length } = metalinkFrame({ name, size, md5, url, pieces, sha256 })
    const isWanted = request.method !== 'HEAD'
    const digests = isWanted ? await found?.digests() : undefined
    response.writeHead(200, {
      'content-type': 'application/metalink4+xml',
      'content-length': length,
      'content-disposition': contentDisposition(`${name}${SUFFIX}`),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    if (!isWanted) return void response.end()
    response.write(head)
    for await (const some of digests ?? []) response.write(pieceLines(some))
    response.end(tail)
  }
}
