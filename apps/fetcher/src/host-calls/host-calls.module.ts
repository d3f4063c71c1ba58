import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { DocumentsModule } from '@obb/core/documents'
import { FilesModule } from '@obb/core/files'
import { FoldersModule } from '@obb/core/folders'
import { HealthModule } from '@obb/core/health'
import { HostsModule } from '@obb/core/hosts'
import { PoolModule } from '@obb/core/pool'
import { type OwnedHostHttp, createHostHttp } from '@obb/host-adapters'
import { CheckAccountJob } from './check-account-job.js'
import { DocumentThreads } from './document-threads.js'
import { ExpandFolderJob } from './expand-folder-job.js'
import { HOST_HTTP, HostAccess } from './host-access.js'
import { HostCallTurns } from './host-call-turns.js'
import { HostClient } from './host-client.js'
import { InspectFileJob } from './inspect-file-job.js'

/** Short calls to hosts, and what everything that talks to them goes through. */
@Module({
  imports: [DocumentsModule, FilesModule, FoldersModule, HealthModule, HostsModule, PoolModule],
  providers: [
    {
      provide: HOST_HTTP,
      inject: [CONFIG, Clock],
      useFactory: (config: Pick<FetcherConfig, 'FETCH_ALLOW_NETWORKS'>, clock: Clock) =>
        createHostHttp({ allowNetworks: config.FETCH_ALLOW_NETWORKS, now: () => clock.now() }),
    },
    CheckAccountJob,
    DocumentThreads,
    ExpandFolderJob,
    HostAccess,
    HostCallTurns,
    HostClient,
    InspectFileJob,
  ],
  exports: [CheckAccountJob, HostAccess, HostCallTurns, HostClient],
})
export class HostCallsModule implements OnApplicationShutdown {
  constructor(@Inject(HOST_HTTP) private readonly http: OwnedHostHttp) {}

  async onApplicationShutdown(): Promise<void> {
    await this.http.close()
  }
}
