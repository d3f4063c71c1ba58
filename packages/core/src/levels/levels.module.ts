import { Module } from '@nestjs/common'
import { Levels } from './levels.js'

@Module({ providers: [Levels], exports: [Levels] })
export class LevelsModule {}
