import { describeFetchKills } from './fetch-kills.js'

describeFetchKills('native', 5)
describeFetchKills('resumable', 5)
