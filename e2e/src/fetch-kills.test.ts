import { describeFetchKills } from './fetch-kills.js'

describeFetchKills('native', 3)
describeFetchKills('resumable', 2)
