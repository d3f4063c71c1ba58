import { describe, expect, it } from '@jest/globals'
import { lineAsLink, pastedLinks } from './pasted-links.js'

const LINK = 'https://one.test/file/a1_b-'

describe('the link in a pasted text', () => {
  it.each([
    ...[`${LINK}\u200b`, `\ufeff${LINK}\u200b`, `<${LINK}>`, `"${LINK}"`, `'${LINK}'`, `\u201c${LINK}\u201d`],
    ...[
      `(${LINK})`,
      `[${LINK}]`,
      `{${LINK}}`,
      `**${LINK}**`,
      `~~${LINK}~~`,
      `\`${LINK}\``,
      `\u00ab${LINK}\u00bb`,
    ],
    ...['.', ',', ';', ')', '!', ':', '\u2026', '),', '".', '|'].map((end) => LINK + end),
    ...[
      `[url]${LINK}[/url]`,
      `[url=${LINK}]my file[/url]`,
      `[URL="${LINK}"]${LINK}[/URL]`,
      `[code]${LINK}[/code]`,
    ],
    ...[`[b][url=${LINK}]x[/url][/b]`, `[my file](${LINK})`, `[${LINK}](${LINK})`, `[x](${LINK} "title")`],
    ...[`<a href="${LINK}">${LINK}</a>`, `![](${LINK})`, `see ${LINK} for it`, `Link:${LINK}`, `- ${LINK}`],
    ...['hxxps://one.test/file/a1_b-', 'hXXps[:]//one[.]test/file/a1_b-', 'h**ps://one.test/file/a1_b-'],
    ...['ttps://one.test/file/a1_b-', 'https//one.test/file/a1_b-', 'https:/one.test/file/a1_b-'],
    ...[
      'one.test/file/a1_b-',
      '//one.test/file/a1_b-',
      'one(dot)test/file/a1_b-',
      'HTTPS://one.test/file/a1_b-',
    ],
    ...[
      `網址：${LINK}`,
      `下載${LINK}，密碼123`,
      `（${LINK}）`,
      `【${LINK}】`,
      `「${LINK}」。`,
      `《one.test/file/a1_b-》`,
    ],
    ...[
      `載點:one.test/file/a1_b-`,
      `Link: one.test/file/a1_b-`,
      `→${LINK}`,
      `✅${LINK}`,
      `${LINK}」,`,
      `${LINK}？`,
    ],
    ...[`view-source:${LINK}`, `url=${LINK}`, `{"url":"https:\\/\\/one.test\\/file\\/a1_b-"}`],
    'https%3A%2F%2Fone.test%2Ffile%2Fa1_b-',
    // forums, and what their source has
    ...['td', 'download', 'free', 'php', 'hide-thanks', 'indent', 'left', 'secure'].map(
      (tag) => `[${tag}]${LINK}[/${tag}]`,
    ),
    ...[`[tr][td]${LINK}[/td][td]5 MB[/td][/tr]`, `[align=center]${LINK}[/align]`, `[url='${LINK}']x[/url]`],
    ...[`${LINK}&nbsp;`, `&lt;${LINK}&gt;`, `&quot;${LINK}&quot;`, `https:&#47;&#x2F;one.test/file/a1_b-`],
    ...[`<${LINK}|my file>`, `[[${LINK}|x]]`, `|${LINK}|500 MB|`, `['${LINK}']`, `url('${LINK}')`],
    // other languages
    ...[
      `\u201e${LINK}\u201c`,
      `\u201a${LINK}\u2018`,
      `\u00bb${LINK}\u00ab`,
      `${LINK}\uff5c`,
      `${LINK}\uff5e`,
    ],
    ...[
      `链接:${LINK}提取码:abcd`,
      `下载地址${LINK}解压密码：123`,
      `${LINK}（500MB）`,
      `①${LINK}②`,
      `${LINK}👈`,
    ],
    ...[`Скачать: ${LINK}—пароль`, `${LINK}复制这段内容后打开`, `Télécharger : ${LINK} !`, `${LINK}?`],
    // escapes of JSON and programs
    ...[`\\"${LINK}\\"`, `${LINK}\\r\\n`, `${LINK}\\n${LINK}`, `${LINK}\\`],
    // pages that hide where one comes from
    ...['https://href.li/?', 'http://anonym.to/?', 'https://www.nullrefer.com/?url='].map(
      (page) => page + LINK,
    ),
    `https://anonymz.com/?${encodeURIComponent(LINK)}`,
    `https://www.google.com/url?sa=t&q=${encodeURIComponent(LINK)}&ved=1`,
    `https://l.facebook.com/l.php?u=${encodeURIComponent(LINK)}&h=A`,
    `https://link.zhihu.com/?target=${encodeURIComponent(LINK)}`,
    // schemes
    ...['htps', 'htttps', 'xttps', 'hxtps', 'hxxxps', 'ht*ps', 'h__ps', 'tps'].map(
      (scheme) => `${scheme}://one.test/file/a1_b-`,
    ),
    ...[
      'https;//',
      'https：//',
      'https：／／',
      'hxxps[://]',
      '://',
      'http://https://',
      'https://https://',
    ].map((scheme) => `${scheme}one.test/file/a1_b-`),
    ...['https%3A//one.test/file/a1_b-', 'https%253A%252F%252Fone.test%252Ffile%252Fa1_b-'],
    ...['hxxps[:]//one[.]test[/]file[/]a1_b-', 'https://one。test/file/a1_b-'],
    ...[`${LINK}\r\n`, `\t${LINK} ${LINK}`, `\u00a0${LINK}\u3000`],
    // markdown
    ...[
      `_${LINK}_`,
      `__${LINK}__`,
      `~~_${LINK}_~~`,
      `(_${LINK}_)`,
      `_${LINK}_.`,
      `_[x](${LINK})_`,
      `_**${LINK}**_`,
    ],
    ...[
      `\\_https\\://one\\.test/file/a1\\_b\\-\\_`,
      `> ${LINK}`,
      `- [ ] ${LINK}`,
      `[x]: <${LINK}> "t"`,
      `>!${LINK}!<`,
    ],
    // tables
    ...[
      `name,${LINK},123`,
      `name;${LINK};123`,
      `name\t${LINK}\t1,5 GB`,
      `"name","${LINK}","x"`,
      `'${LINK}','x'`,
    ],
    ...[`=HYPERLINK("${LINK}";"x")`, `,"${LINK}",`, `${LINK},,,`, `${LINK}(1,5GB)`, `${LINK}[500MB]`],
    // escapes of programs, and mails
    ...['https:\\u002F\\u002Fone.test\\u002Ffile\\u002Fa1_b-', 'https:\\x2f\\x2fone.test\\x2ffile\\x2fa1_b-'],
    ...[
      `"https:\\\\/\\\\/one.test\\\\/file\\\\/a1_b-"`,
      '<https://one.test/\r\n  file/a1_b->',
      `<URL:${LINK}>`,
    ],
    ...['https://one.test/fi=\r\nle/a1_b-', 'https://one.te=\nst/file/a=\n1_b-\n'],
    // disarmed
    ...['hxxps://one [.] test/file/a1_b-', 'https://one[.test/file/a1_b-', 'https://one.]test/file/a1_b-'],
    ...[
      'hxxps[:]//one{dot}test/file/a1_b-',
      'https://one\uff0etest/file/a1_b-',
      'https\uff1a//one\uff61test/file/a1_b-',
    ],
    // marks of other languages
    ...[
      '\u3016\u3017',
      '\u301d\u301e',
      '\ufe59\ufe5a',
      '\u27e8\u27e9',
      '\u275d\u275e',
      '\uff62\uff63',
      '\u3018\u3019',
    ].map(([opens = '', closes = '']) => opens + LINK + closes),
    ...[
      '\u060c',
      '\u061b',
      '\u061f',
      '\u06d4',
      '\u0964',
      '\uff61',
      '\uff64',
      '\u30fb',
      '\u0e04\u0e23\u0e31\u0e1a',
    ].map((mark) => LINK + mark),
    ...[`\u061c${LINK}\u180e`, `\ufe0f${LINK}\ufe0f`, `\u2b07\ufe0f${LINK}\u2b07\ufe0f`, `${LINK}\u3164`],
    // pages of other services that lead on
    ...[
      ...[
        'https://out.reddit.com/t3_x?url=',
        'https://t.umblr.com/redirect?z=',
        'https://slack-redir.net/link?url=',
      ],
      ...['https://l.instagram.com/?u=', 'https://eur01.safelinks.protection.outlook.com/?data=1&url='],
      ...[
        'https://t.me/share/url?url=',
        'https://duckduckgo.com/l/?uddg=',
        'https://away.vk.com/away.php?to=',
      ],
      ...['https://link.juejin.cn/?target=', 'https://www.patreon.com/redirect?to=', 'https://refhide.com/?'],
    ].map((page) => page + encodeURIComponent(LINK)),
  ])('%j is found', (text) => {
    expect(pastedLinks(text)).toEqual([LINK])
  })

  it.each([
    [`${LINK}\n${LINK}2`, [LINK, `${LINK}2`]],
    [`${LINK}, www.one.test/x; http://two.test/y.`, [LINK, 'https://www.one.test/x', 'http://two.test/y']],
    [`${LINK}https://two.test/y`, [LINK, 'https://two.test/y']],
    [`${LINK}|${LINK}2`, [LINK, `${LINK}2`]],
    [`${LINK}、${LINK}2，${LINK}3`, [LINK, `${LINK}2`, `${LINK}3`]],
    [
      'https://two.test/【字幕組】中文，第1集（完）.mkv',
      ['https://two.test/【字幕組】中文，第1集（完）.mkv'],
    ],
    ['https://two.test/S01E01中文.mkv', ['https://two.test/S01E01中文.mkv']],
    ['https://two.test/wiki/中文', ['https://two.test/wiki/中文']],
    ['https://two.test/?q=a中文', ['https://two.test/?q=a']],
    ['https://two.test/ab中文.7z.001?x=1', ['https://two.test/ab中文.7z.001?x=1']],
    ['https://two.test/ab解压密码：www.three.com', ['https://two.test/ab']],
    ['https://two.test/a中文/b', ['https://two.test/a中文/b']],
    ['https://two.test/?a=1&amp;b=2', ['https://two.test/?a=1&b=2']],
    [`['${LINK}','${LINK}2']`, [LINK, `${LINK}2`]],
    [`a,${LINK},b\nc,${LINK}2,d`, [LINK, `${LINK}2`]],
    [`${LINK};${LINK}2;${LINK}3`, [LINK, `${LINK}2`, `${LINK}3`]],
    ["'https://two.test/it's_.rar'", ["https://two.test/it's_.rar"]],
    ['https://two.test/a,b;c_', ['https://two.test/a,b;c_']],
    ['https://two.test/?a=3D\n', ['https://two.test/?a=3D']],
    ['https://two.test/?x=3D1=\r\n2', ['https://two.test/?x=12']],
    ['https://two.test/?a=\nhttps://two.test/b', ['https://two.test/?a=', 'https://two.test/b']],
    ['https://two.test/caf\u00e9', ['https://two.test/caf\u00e9']],
    ['https%3A%2F%2F%FFtwo.test', []],
    ['https://two.test/100%25%zz.zip', ['https://two.test/100%25%zz.zip']],
    ['hxxp://two.test:81/y', ['http://two.test:81/y']],
    ['https://two.test/?to=https://one.test/a', ['https://two.test/?to=https://one.test/a']],
    ['https://two.test/?https://one.test/a', ['https://two.test/?https://one.test/a']],
    ['https://two.test/a_(b)_[c].zip', ['https://two.test/a_(b)_[c].zip']],
    ['https://two.test/a)b.zip', ['https://two.test/a)b.zip']],
    ['mega:#!AbCdEf1_!k', ['https://mega.nz/#!AbCdEf1_!k']],
    ['usenet://nzb/ab', ['usenet://nzb/ab']],
  ])('%j are those of it', (text, links) => {
    expect(pastedLinks(text)).toEqual(links)
  })

  it.each([
    '',
    ' ',
    'word',
    'a.b',
    'x@one.test',
    'ftp://one.test/a',
    'javascript:alert(1)',
    'magnet:?xt=urn:btih:0',
    'https://',
    'HTTP/1.1 200 OK',
    'tp/3',
    'smtp://one.test/a',
    '中文.two.test/a',
    '\u0007https://two.test/a',
    'https://two.test/a\0',
  ])('%j has none', (text) => {
    expect(pastedLinks(text)).toEqual([])
  })

  it.each([
    ['https://', `${'https://'.repeat(50_000)} ${')'.repeat(200_000)}`, 1],
    ['dots', `${'a.'.repeat(200_000)} ${'a'.repeat(400_000)}`, 0],
    ['marks', `https://a.test/${'a'.repeat(200_000)}中${'，】'.repeat(200_000)}`, 1],
    ['labels', '中文：'.repeat(200_000), 0],
    ['brackets', `https://a.test/${'【'.repeat(200_000)}${'」'.repeat(200_000)}`, 1],
  ])('is found in time in proportion to a text of any length: %s', (_what, text, count) => {
    expect(pastedLinks(text).length).toBe(count)
  })

  it('may be the whole of a line, blanks included', () => {
    expect(lineAsLink(' https://one.test/my file.zip, ')).toBe('https://one.test/my file.zip')
    expect(lineAsLink('one.test/my file.zip')).toBe('https://one.test/my file.zip')
    expect(lineAsLink('https://one.test/my 文件.zip')).toBe('https://one.test/my 文件.zip')
    expect(lineAsLink('https://one.test/a.zip 提取码：abcd')).toBe('https://one.test/a.zip')
    expect(lineAsLink(`https://href.li/?${LINK}`)).toBe(LINK)
    expect(lineAsLink('see https://one.test/a')).toBeUndefined()
    expect(lineAsLink('https://one.test/a\nb')).toBeUndefined()
  })
})
