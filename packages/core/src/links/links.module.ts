import { Module } from '@nestjs/common'
import { LinkList } from './link-list.js'
import { Links } from './links.js'
import { PgDownloads } from './pg-downloads.js'

@Module({
  providers: [LinkList, Links, PgDownloads],
  exports: [LinkList, Links, PgDownloads],
})
export class LinksModule {}
