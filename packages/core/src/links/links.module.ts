import { Module } from '@nestjs/common'
import { LinkChanges } from './link-changes.js'
import { LinkList } from './link-list.js'
import { LinkPackages } from './link-packages.js'
import { LinkTimeline } from './link-timeline.js'
import { Links } from './links.js'
import { PgDownloads } from './pg-downloads.js'
import { Shares } from './shares.js'

@Module({
  providers: [LinkChanges, LinkList, LinkPackages, LinkTimeline, Links, PgDownloads, Shares],
  exports: [LinkChanges, LinkList, LinkPackages, LinkTimeline, Links, PgDownloads, Shares],
})
export class LinksModule {}
