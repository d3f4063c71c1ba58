import { Module } from '@nestjs/common'
import { SharedBuckets } from './shared-buckets.js'

@Module({ providers: [SharedBuckets], exports: [SharedBuckets] })
export class SharedBucketsModule {}
