import { Module } from '@nestjs/common'
import { LinkChanges } from './link-changes.js'
import { LinkList } from './link-list.js'
import { Links } from './links.js'
import { PgDownloads } from './pg-downloads.js'

@Module({
  providers: [LinkChanges, LinkList, Links, PgDownloads],
  exports: [LinkChanges, LinkList, Links, PgDownloads],
})
export class LinksModule {}
