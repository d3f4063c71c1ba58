import { createRequire } from 'node:module'
import type * as Undici from 'undici'

/*
 * What is used of undici, by its files: the package's own entry loads caches, cookies, mocks, WebSockets and a second
 * fetch, 9 MiB in every process that talks to hosts.
 */

const load = createRequire(import.meta.url)

export const Client = load('undici/lib/dispatcher/client.js') as typeof Undici.Client
export type Client = Undici.Client

export const buildConnector = load('undici/lib/core/connect.js') as typeof Undici.buildConnector

export type ClientOptions = Undici.Client.Options
export type ConnectTarget = Undici.buildConnector.Options
export type Connected = Undici.buildConnector.Callback
