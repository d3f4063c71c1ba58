import { describe, expect, it } from '@jest/globals'
import { readPage } from './page.js'

describe('a page', () => {
  it('is read for its forms, links and words', () => {
    const page = readPage(`<!doctype html><html><head><title>A &amp; B</title><style>p{}</style></head>
      <body><script>var a = "<form>"</script><a href="/?op=logout&amp;x=1">Log <b>out</b></a>
      <form name="F1" method="POST" action=""><input type="hidden" name="op" value="download2">
      <input name=rand value='a"b'><button name="method_premium" value="1">Go</button><div class="g-recaptcha"></div>
      </form><h2>A <i>name</i></h2><span class="filename">b.bin</span><table><tr><td>Traffic left:</td><td>1.5 GB</td></tr></table><input name="stray" value="x"></body></html>`)
    expect(page.title).toBe('A & B')
    expect(page.links).toEqual(['/?op=logout&x=1'])
    expect(page.text).toBe('Log out Go A name b.bin Traffic left: 1.5 GB')
    expect(page.headings).toEqual(['A name', 'b.bin'])
    expect(page.forms).toEqual([
      {
        ...{ action: '', captcha: true },
        fields: new Map([
          ...([['op', 'download2']] as const),
          ...([['rand', 'a"b']] as const),
          ...([['method_premium', '1']] as const),
        ]),
      },
    ])
  })

  it('that is no HTML is text', () => {
    expect(readPage('wrong IP')).toEqual({ forms: [], links: [], text: 'wrong IP', title: '', headings: [] })
  })
})
