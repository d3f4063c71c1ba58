import { describe, expect, it } from '@jest/globals'
import { dispositionName } from './disposition.js'

/** As a header arrives: its bytes as Latin-1. */
const wire = (text: string): string => Buffer.from(text).toString('latin1')
const gbk = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1')

/** Forms that servers write, and the name that browsers, wget or curl take from them. */
const FORMS: readonly (readonly [header: string, name: string | undefined])[] = [
  // RFC 6266 and RFC 8187
  ['attachment; filename=token.bin', 'token.bin'],
  ['attachment; filename="quoted.bin"', 'quoted.bin'],
  ['inline; filename="quoted.bin"', 'quoted.bin'],
  ['ATTACHMENT; FileName="case.bin"', 'case.bin'],
  ['attachment ; filename = "blanks.bin" ; size=5', 'blanks.bin'],
  ['attachment;filename="tight.bin";', 'tight.bin'],
  ['attachment; filename="a; b, c.bin"', 'a; b, c.bin'],
  ['attachment; filename="a \\"quoted\\" name.bin"', 'a "quoted" name.bin'],
  ['attachment; filename="a=b.bin"', 'a=b.bin'],
  [`attachment; filename="plain.bin"; filename*=UTF-8''%C3%BC%20name.bin`, 'ü name.bin'],
  [`attachment; filename*=UTF-8''%C3%BC%20name.bin; filename="plain.bin"`, 'ü name.bin'],
  [`attachment; filename*=utf-8'en'na%2Dme%2Ebin`, 'na-me.bin'],
  [`attachment; filename*=iso-8859-1'en'%FC.bin`, 'ü.bin'],
  [`attachment; filename*=UTF-8''it%27s.bin`, "it's.bin"],
  [`attachment; filename*=UTF-8''%F0%9F%98%80.bin`, '😀.bin'],
  [`attachment; filename*=UTF-8''..%2F..%2Fx.bin`, 'x.bin'],
  // the form of one parameter in another, and quotes that are none
  ["attachment; filename=UTF-8''%C3%A9.rar", 'é.rar'],
  [`attachment; filename="UTF-8''%C3%A9.rar"`, 'é.rar'],
  ["attachment; filename=utf-8'en'a.rar", 'a.rar'],
  ['attachment; filename*=UTF-8"na%C3%AFve.txt"', 'naïve.txt'],
  ["attachment; filename *=UTF-8''a.txt", 'a.txt'],
  ["attachment; filename='a b.rar'", 'a b.rar'],
  ["attachment; filename=''a.rar''", 'a.rar'],
  ['attachment; filename=`a.rar`', 'a.rar'],
  [wire('attachment; filename=\u201ca.rar\u201d'), 'a.rar'],
  ['attachment; filename=a.rar"', 'a.rar'],
  ["attachment; filename='n' Roll.mp3", "'n' Roll.mp3"],
  // without quotes
  ['attachment; filename=Le robot gardien.docx', 'Le robot gardien.docx'],
  ['attachment; filename=Le robot gardien.docx; size=3', 'Le robot gardien.docx'],
  ["attachment; filename=l'été.bin", "l'été.bin"],
  ['attachment; filename=a (1) [x].bin', 'a (1) [x].bin'],
  ['attachment; filename=a,b.bin', 'a,b.bin'],
  // without a type, or with nothing between it and the name
  ['filename="Sintel.mp4"', 'Sintel.mp4'],
  ['filename=Sintel.mp4', 'Sintel.mp4'],
  ['; filename="Sintel.mp4"', 'Sintel.mp4'],
  ['attachment filename="Sintel.mp4"', 'Sintel.mp4'],
  ['attachment, filename="Sintel.mp4"', 'Sintel.mp4'],
  [`filename*=UTF-8''Sintel.mp4`, 'Sintel.mp4'],
  // sent twice
  ['attachment; filename="Sintel.mp4", attachment; filename="Sintel.mp4"', 'Sintel.mp4'],
  ['attachment; filename="Sintel.mp4", inline', 'Sintel.mp4'],
  ['attachment; filename=Sintel.mp4, attachment; filename=Sintel.mp4', 'Sintel.mp4'],
  [`attachment; filename*=UTF-8''Sintel.mp4, attachment; filename="x.mp4"`, 'Sintel.mp4'],
  // more than its value, or quotes, around it
  ['attachment; filename="Sintel.mp4" size=100', 'Sintel.mp4'],
  ['attachment; filename=""Sintel (1).mp4""', 'Sintel (1).mp4'],
  // nearly RFC 8187
  [`attachment; filename*=utf8''f%C3%A9.png`, 'fé.png'],
  [`attachment; filename*="UTF-8''f%C3%A9.png"`, 'fé.png'],
  [`attachment; filename*=UTF-8''"f%C3%A9.png"`, 'fé.png'],
  [wire(`attachment; filename*=UTF-8''f é.png`), 'f é.png'],
  [`attachment; filename*=UTF-8''it's.png`, "it's.png"],
  [`attachment; filename*=''f%C3%A9.png`, 'fé.png'],
  [`attachment; filename*=f%C3%A9.png`, 'fé.png'],
  [`attachment; filename*=UTF-8'f%C3%A9.png`, 'fé.png'],
  [`attachment; filename*=gbk''%D6%D0%CE%C4.png`, '中文.png'],
  [`attachment; filename*=x-none''f%C3%A9.png`, 'fé.png'],
  [`attachment; filename="plain.png"; filename*=UTF-8''%ff%fe.png`, 'plain.png'],
  [`attachment; filename="plain.png"; filename*=UTF-8''`, 'plain.png'],
  [`attachment; filename*0="long "; filename*1="name.png"`, 'long name.png'],
  [`attachment; filename*0*=UTF-8''f%C3%A9; filename*1=".png"`, 'fé.png'],
  // other ways to write what ASCII lacks
  ['attachment; filename="%EC%82%AC.jpg"', '사.jpg'],
  ['attachment; filename=%EC%82%AC%20x.jpg', '사 x.jpg'],
  ['attachment; filename="100%.jpg"', '100%.jpg'],
  ['attachment; filename="50%ff.jpg"', '50%ff.jpg'],
  ['attachment; filename="=?UTF-8?B?w7wuYmlu?="', 'ü.bin'],
  ['attachment; filename="=?utf-8?Q?f=C3=A9_1.bin?="', 'fé 1.bin'],
  ['attachment; filename="=?UTF-8?B?5Lit5paH?= =?UTF-8?B?LnppcA==?="', '中文.zip'],
  ['attachment; filename="=?UTF-8?Q?Gr=C3=B6?= =?UTF-8?Q?=C3=9Fe.zip?="', 'Größe.zip'],
  ['attachment; filename="=?KOI8-R?Q?=C6=C9=CC=D8=CD?=.avi"', 'фильм.avi'],
  ['attachment; filename=foo-=?ISO-8859-1?Q?=E4?=.html', 'foo-ä.html'],
  [`attachment; filename*=big5''%b4%fa%b8%d5.zip`, '測試.zip'],
  [`attachment; filename*=koi8-r''%c6%c9%cc%d8%cd.zip`, 'фильм.zip'],
  [wire('attachment; filename="ü – 日本.bin"'), 'ü – 日本.bin'],
  ['attachment; filename="Größe Größe.bin"', 'Größe Größe.bin'],
  [`attachment; filename="${gbk('d6d0cec4')}.bin"`, '中文.bin'],
  // paths
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\Users\\me\\report.pdf"', 'report.pdf'],
  ['attachment; filename="C:\\\\Users\\\\me\\\\report.pdf"', 'report.pdf'],
  ['attachment; filename=C:\\Users\\me\\report.pdf', 'report.pdf'],
  ['attachment; filename="/var/www/a b.pdf"', 'a b.pdf'],
  // what only looks like a name, what is broken, and none
  ['attachment; title="x; filename=bad.bin"; filename="good.bin"', 'good.bin'],
  ['attachment; xfilename="bad.bin"; filename="good.bin"; filename="second.bin"', 'good.bin'],
  ['attachment; name="bad.bin"', undefined],
  ['attachment; filename="open.bin', 'open.bin'],
  [`attachment; filename="open.bin; filename*=UTF-8''good.bin`, 'good.bin'],
  ['attachment; filename="a "great" file.bin"', 'a "great" file.bin'],
  ['attachment; filename=""', undefined],
  ['attachment; filename=', undefined],
  ['attachment; filename=".."', undefined],
  ['attachment', undefined],
  ['', undefined],
]

describe('the name in a Content-Disposition', () => {
  it.each(FORMS)('%j is %j', (header, name) => {
    expect(dispositionName(header)).toBe(name)
  })

  it('is none where there is no such header', () => {
    expect(dispositionName(undefined)).toBeUndefined()
  })
})
