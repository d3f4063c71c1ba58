/* What the command line uses of undici, by its files: all of undici takes as long to load as the rest together. */
import request from 'undici/lib/api/api-request.js'
import Agent from 'undici/lib/dispatcher/agent.js'

const requestOf = (url, { dispatcher, ...options }) => {
  const { origin, pathname, search } = new URL(url)
  return request.call(dispatcher, { ...options, origin, path: `${pathname}${search}` })
}

export { Agent, requestOf as request }
