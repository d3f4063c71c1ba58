import { describe, expect, it } from '@jest/globals'
import { describe as describeHead } from './description.js'

const named = (from: string, to: string, headers = {}) => {
  const head = { status: 200, headers: { 'content-length': '7', ...headers }, url: `https://a.example${to}` }
  const { name, nameHint } = describeHead(head, `https://b.example${from}`)
  return name ?? nameHint
}

describe('the name of a plain link', () => {
  it.each([
    ['/download.php?id=4460', '/filename.txt?verify=1', 'filename.txt'],
    ['/dl/get.aspx', '/x/a%20b.zip', 'a b.zip'],
    ['/a.zip', '/b.zip', 'a.zip'],
    ['/a.zip', '/script.php', 'a.zip'],
    ['/latest', '/v2.tar.gz', 'v2.tar.gz'],
    ['/download.php', '/d/8f3a', 'download.php'],
    ['/latest', '/', 'latest'],
    ['/', '/', 'download'],
  ])('%s that ends at %s is %j', (from, to, name) => {
    expect(named(from, to)).toBe(name)
  })

  it('is what the server calls it, before all', () => {
    const headers = { 'content-disposition': 'filename=c d.bin' }
    expect(named('/a.zip', '/b.zip', headers)).toBe('c d.bin')
  })
})
