import { Module } from '@nestjs/common'
import { FetchesModule } from '@obb/core/fetches'
import { StorageModule } from '@obb/core/storage'
import { FileRepair } from './file-repair.js'

@Module({ imports: [FetchesModule, StorageModule], providers: [FileRepair], exports: [FileRepair] })
export class RepairModule {}
