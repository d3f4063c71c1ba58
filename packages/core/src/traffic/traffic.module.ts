import { Module } from '@nestjs/common'
import { HostUsage } from './host-usage.js'
import { KeyUsage } from './key-usage.js'
import { TrafficHistory } from './traffic-history.js'

@Module({ providers: [HostUsage, KeyUsage, TrafficHistory], exports: [HostUsage, KeyUsage, TrafficHistory] })
export class TrafficModule {}
