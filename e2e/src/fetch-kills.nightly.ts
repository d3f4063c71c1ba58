import { describeFetchKills } from './fetch-kills.js'

describeFetchKills('native', 20)
describeFetchKills('resumable', 20)
