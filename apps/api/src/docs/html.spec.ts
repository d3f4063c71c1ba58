import { expect, it } from '@jest/globals'
import { markup, prose } from './html.js'

it('text in markup is escaped, for elements and attributes; markup is not', () => {
  const hostile = `"><img src=x onerror='alert(1)'>&`
  expect(markup`<a title="${hostile}">${markup`<b>${1}</b>`}${[hostile]}${undefined}</a>`.text).toBe(
    '<a title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;"><b>1</b>&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;</a>',
  )
})

it('prose marks what stands between backticks, and only that', () => {
  expect(prose('take `a<b` or `c').text).toBe('take <code>a&lt;b</code> or c')
})
