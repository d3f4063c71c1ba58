import * as turbobit from '../../dialects/turbobit/index.js'

export const site: turbobit.Site = {
  id: 'TurboBit',
  domains: [
    'turbobit.net',
    ...['turbo.to', 'turb.to', 'turb.cc', 'turbobit.cc', 'turbobi.pw', 'trbt.cc', 'turboget.net'],
    ...['trbbt.net', 'turb.pw', 'turbo.cc', 'turbobit.com', 'turbobit5.cc', 'turbobit5.pw'],
    ...['torbobit.net', 'trubobit.com', 'turbobyt.com', 'turbobif.com', 'turbobite.net', 'tourbobit.com'],
    ...['turbobitn.com', 'turbobeet.net', 'turbobita.net', 'turbobyte.net', 'turboot.ru', 'twobit.ru'],
    ...['kilofile.com', 'wayupload.com', 'filemaster.ru', 'hotshare.biz', 'xrfiles.ru'],
    ...['fayloobmennik.com', 'rapidfile.tk', 'xn--80acmmcjdjkaga7e.xn--p1ai'],
    // Retired ones, whose links still name files.
    ...['turbobbit.com', 'ifolder.com.ua', 'turbobitt.net', 'cccy.su', 'depositfiles.com.ua', 'dlbit.net'],
    ...['filedeluxe.com', 'filhost.ru', 'sibit.net', 'turbabit.net', 'turbo-bit.net', 'turbo-bit.pw'],
    ...['turbobit.cloud', 'turbobit.live', 'turbobit.online', 'turbobit.pw', 'turbobit.ru', 'turbobit5.net'],
    ...['turbobith.net', 'turbobiyt.net', 'turboobit.com', 'turo-bit.net'],
  ],
  api: 'https://app.turbobit.net',
  pages: 'html',
  facts: [
    { fact: 'there is no official API for downloads; calls and fields of the website', evidence: 'client' },
    { fact: 'traffic in GB of 10⁹ bytes, times in UTC', evidence: 'inferred' },
    { fact: 'five connections per file, five downloads at once', evidence: 'inferred' },
    { fact: 'one call per second', evidence: 'inferred' },
    { fact: 'links are bound to the address', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = turbobit.adapter(site)
