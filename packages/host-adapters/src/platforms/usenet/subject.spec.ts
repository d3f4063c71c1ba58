import { describe, expect, it } from '@jest/globals'
import { readSubject } from './subject.js'

/** Forms of public posts and of the suites of SABnzbd and NZBGet. */
const NAMED: readonly (readonly [subject: string, name: string])[] = [
  ['Great stuff (001/143) - "Filename.txt" yEnc (1/1)', 'Filename.txt'],
  [
    '"910a284f98ebf57f6a531cd96da48838.vol01-03.par2" yEnc (1/3)',
    '910a284f98ebf57f6a531cd96da48838.vol01-03.par2',
  ],
  ['Subject-Test [02/30] - ""Test.part.nzb"" yEnc', 'Test.part.nzb'],
  [
    '[PRiVATE]-[WtFnZb]-[Show-_S03E11-12_-a_+_b_WEBDL-480p.mkv]-[4/12] - "" yEnc 9786 (1/1366)',
    'Show-_S03E11-12_-a_+_b_WEBDL-480p.mkv',
  ],
  [
    '[N3wZ] MAlXD245333\\::[PRiVATE]-[WtFnZb]-[Show.S04E04.720p.mkv]-[1/2] - "" yEnc  293197257 (1/573)',
    'Show.S04E04.720p.mkv',
  ],
  [
    'test bf1664007a71 [1/6] - "20b9152c-57eb-4d02-9586-66e30b8e3ac2" yEnc (1/22) 15728640',
    '20b9152c-57eb-4d02-9586-66e30b8e3ac2',
  ],
  [
    "Re: REQ Author Child's The Book-Thanks much - Child, Lee - Author - The Book.epub (1/1)",
    "REQ Author Child's The Book-Thanks much - Child, Lee - Author - The Book.epub",
  ],
  ['63258-0[001/101] - "63258-2.0" yEnc (1/250) (1/250)', '63258-2.0'],
  ['63258-0[001/101] - "63258-2.0toolong" yEnc (1/250) (1/250)', '63258-2.0toolong'],
  ["Bla [Now it's done.exe]", "Now it's done.exe"],
  ['[PRiVATE]-[WtFnZb]-[00000.clpi]-[1/46] - "" yEnc  788 (1/1)', '00000.clpi'],
  [
    '[PRiVATE]-[WtFnZb]-[Video_(2001)_AC5.1_-RELEASE_[TAoE].mkv]-[1/23] - "" yEnc 1234567890 (1/23456)',
    'Video_(2001)_AC5.1_-RELEASE_[TAoE].mkv',
  ],
  [
    '[PRiVATE]-[WtFnZb]-[219]-[1/series.s01e01.h264-group.mkv] -  yEnc (1/[PRiVATE] \\c2b510b594\\::68.155.f2fdc::/97bd201cf931/) 1 (1/0)',
    'series.s01e01.h264-group.mkv',
  ],
  [
    '[PRiVATE]-[WtFnZb]-[/More.Bla.S02E01-EDITH[eztv.re].mkv-WtF[nZb]/More.Bla.S02E01-EDITH.mkv]-[1/2] - "" yEnc  2990558544 (1/4173)',
    'More.Bla.S02E01-EDITH[eztv.re].mkv',
  ],
  [
    'Any.Show.2024.S01E01.2160p.WEB-DL.x265-TvR.vol127+128.par2 (1/0)',
    'Any.Show.2024.S01E01.2160p.WEB-DL.x265-TvR.vol127+128.par2',
  ],
  [
    '[PRiVATE]-[WtFnZb]-[setup_app_-_161554.339115__54385_-1.bin]-[1/10] - "" yEnc  4288754174 (1/8377)',
    'setup_app_-_161554.339115__54385_-1.bin',
  ],
  [
    '[PRiVATE]-[WtFnZb]-[1/series/Any.Show.S01E01.Pilot.-EDGE2020.mkv]-[1/7] - "" yEnc  225628476 (1/315)',
    'Any.Show.S01E01.Pilot.-EDGE2020.mkv',
  ],
  ['[PRiVATE]-[WtFnZb]-[24]-[12/filename.ext] - "" yEnc (2/12345)', 'filename.ext'],
  ['[PRiVATE]-[WtFnZb]-[24]-[filename] - "" yEnc (2/12345)', 'filename'],
  [
    '[N3wZ] _mC3M3U14246___[PRiVATE]-[EnCrYpTnZb]-[[Group].Some.name.-.20.(1080p).[64032D13].mkv]-[1_1] - "" yEnc  1454715270 (1/2030)',
    '[Group].Some.name.-.20.(1080p).[64032D13].mkv',
  ],
  ['"2c0837e5fa42c8cfb5d5e583168a2af4.10" yEnc (1/111)', '2c0837e5fa42c8cfb5d5e583168a2af4.10'],
  [
    '[02/11] - "Some.Show.S01E18.2.0.1080p-iVy.part1.rar" yEnc(1/144)',
    'Some.Show.S01E18.2.0.1080p-iVy.part1.rar',
  ],
  [
    "Re: Artist Band's The Album-Thanks - Band, John - The Album.mp3 (2/3)",
    "Artist Band's The Album-Thanks - Band, John - The Album.mp3",
  ],
  ['[34/44] - id.bdmv yEnc (1/1) 104', 'id.bdmv'],
  [
    '20155f68b0df03cc9bca2c58d426163ff [2/15] - "20155f68b0df03cc9bca2c58d426163ff" yEnc (62/68)',
    '20155f68b0df03cc9bca2c58d426163ff',
  ],
  [
    '[011/116] - [AC] High School - 02 [BD][1080p] FLAC][Dual-Audio][442E5446].mkv yEnc (1/2401) 1720916370',
    '[AC] High School - 02 [BD][1080p] FLAC][Dual-Audio][442E5446].mkv',
  ],
  [
    '[1/8] - "Ten - No One v05 {+ "Book of Earthly Desires" pamphlet} (2021).cbz" yEnc (1/230) 164676947',
    'Ten - No One v05 {+ "Book of Earthly Desires" pamphlet} (2021).cbz',
  ],
  ['"Some title" - "file.rar" yEnc (1/2)', 'file.rar'],
  ['Popeye the Sailor (1936) AVC AC3.mkv.par2 (1/0)', 'Popeye the Sailor (1936) AVC AC3.mkv.par2'],
  ['Popeye the Sailor [02/10] - AC3 track.mkv.par2 yEnc (1/0)', 'AC3 track.mkv.par2'],
  ['01-Other One-ea8f7cf8.flac.vol00+01.par2 (1/0)', '01-Other One-ea8f7cf8.flac.vol00+01.par2'],
  ['release-Movie.2026.mp4" yEnc (1/0)', 'release-Movie.2026.mp4'],
  ['(2/9) some post a.r01 yEnc (1/7)', 'a.r01'],
  ['"../../etc/passwd" yEnc (1/1)', 'passwd'],
  [
    'Singer - A Album (2005) - [04/25] - 02 Sweetest Somebody (I Know).flac',
    'Singer - A Album (2005) - [04/25] - 02 Sweetest Somebody (I Know).flac',
  ],
  // Posts of other groups and posters.
  [
    '[3/3 Some One - A Song Original MP3.mp3.vol0+1.PAR2" yEnc (1/2)',
    'Some One - A Song Original MP3.mp3.vol0+1.PAR2',
  ],
  ['File 1 of 3: Show.avi (1/99)', 'Show.avi'],
  ['(Show) [1/5] - Show.avi - 350 MB - yEnc (1/99)', 'Show.avi'],
  ['Title.part1.rar - 1,02 GB yEnc (1/99)', 'Title.part1.rar'],
  ['p00okjiue34635xxzx-b.vol3+2.PAR2 - [005/118]  yEnc (1/20)', 'p00okjiue34635xxzx-b.vol3+2.PAR2'],
  ["[1/5] - 'abc 123.mkv' yEnc (1/100)", 'abc 123.mkv'],
  ['[1/5] - \u201cabc 123.mkv\u201d yEnc (1/100)', 'abc 123.mkv'],
  ['[1/5] - \u201eabc 123.mkv\u201c yEnc (1/100)', 'abc 123.mkv'],
  ["[01/10] - Don't Stop.mp3 yEnc (1/9)", "Don't Stop.mp3"],
  ["Rock 'n' Roll.mp3 yEnc (1/9)", "Rock 'n' Roll.mp3"],
  ['("Massala4S1.par2" - 4,55 GB -) "Massala4S1.par2" - 4,55 GB - yEnc (1/1)', 'Massala4S1.par2'],
  ['Title.sfv [2 of 50] "dyn-mp1.sfv" yEnc (1/1)', 'dyn-mp1.sfv'],
  [
    '(59/81) "1973 .Some.Film.DVD9.untouched.z46" - 7,29 GB - Film yEnc (1/20)',
    '1973 .Some.Film.DVD9.untouched.z46',
  ],
  ['>>> www.one.test <<<  "Der Schuh.par2" DVD5  [001/158] - 4,29 GB yEnc (1/1)', 'Der Schuh.par2'],
  [
    '[De.us] Title [017CB24D] [000/357] - "[De.us] Title [017CB24D].nzb" yEnc (1/1)',
    '[De.us] Title [017CB24D].nzb',
  ],
  ['My.Show.S01E01.720p.WEB.mkv.001 (01/50)', 'My.Show.S01E01.720p.WEB.mkv.001'],
  ['Album - 05 - Song Title.mp3 (1/15) [5/12]', 'Album - 05 - Song Title.mp3'],
  ['Song.mp3 [5/12] (1/15)', 'Song.mp3'],
  ['"C:\\Users\\me\\Show.avi" yEnc (1/80)', 'Show.avi'],
  ['[1/1] "movie (2020) {tmdb-123}.mkv" yEnc (1/2000)', 'movie (2020) {tmdb-123}.mkv'],
  ['电影 [1/5] - "电影.mkv" yEnc (1/100)', '电影.mkv'],
  ['Book Title.epub yEnc(1/12)', 'Book Title.epub'],
  ['Song 01.mp3 - file 1 of 12 - yEnc (1/20)', 'Song 01.mp3'],
  ['File 01 of 12 - Song 01.mp3 (1/20)', 'Song 01.mp3'],
  ['a.mkv [1 of 2] yEnc', 'a.mkv'],
  ['=?UTF-8?Q?=22caf=C3=A9.zip=22_yEnc_=281/2=29?=', 'café.zip'],
  ['=?utf-8?B?IuaXpeacrC5ta3YiIHlFbmM=?= (1/20)', '日本.mkv'],
]

describe('a subject', () => {
  it.each(NAMED)('%j names %j', (subject, name) => {
    expect(readSubject(subject).name).toBe(name)
  })

  it.each([
    ['<>random!>', '<>random!>'],
    ['nZb]-[Supertje-_S03E11-12_', 'nZb]-[Supertje-_S03E11-12_'],
    ["Bla [Now it's done.123nonsense]", "Bla [Now it's done.123nonsense]"],
    ['Re: A (2/3)', 'A'],
    ['abcdefgh yEnc (1/57)', 'abcdefgh'],
    ['Some text 12.50 (1/3)', 'Some text 12.50'],
    ['"" (1/2)', undefined],
    ['', undefined],
  ])('%j names none, and says %j', (subject, label) => {
    const { name, label: said } = readSubject(subject)
    expect([name, said]).toEqual([undefined, label])
  })

  it.each([
    ['[1/3] - "a b.bin" yEnc (1/20) 1400000', 1_400_000],
    ['[1/3] - "a b.bin" yEnc (1/20)', undefined],
    ['[PRiVATE]-[WtFnZb]-[a.mkv]-[1/2] - "" yEnc  9786 (1/1366)', undefined],
  ])('%j tells a size of %s', (subject, size) => {
    expect(readSubject(subject).size).toBe(size)
  })
})
