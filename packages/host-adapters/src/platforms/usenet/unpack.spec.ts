import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { BadBzip2, LargeBzip2, bunzip2 } from './bunzip2.js'
import { MAX_BYTES } from './nzb.js'
import { unpacked } from './unpack.js'

const NZB = Buffer.from(
  `<nzb><file subject='"a.rar" yEnc (1/1)'><segments><segment number="1">a@b</segment></segments></file></nzb>`,
)
const packed = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** By bzip2 1.0. */
const BZIP2 = {
  empty: packed('QlpoORdyRThQkAAAAAA='),
  nzb: packed(
    'QlpoOTFBWSZTWZB6VpgAAA0dgFDhoAdCADu3HjAgAEhqm1NDaj0ymgDTaglU9Rmo0ANAD9UatI+zSRZnGkFAks2G0Lgi1YsB' +
      'expYjPdx87q4WIOGU51h6QRcgTh3KW8F0RiM+iajNqmPxdyRThQkJB6VpgA=',
  ),
  runs: packed('QlpoOTFBWSZTWZe+3DgAB6iBQKAAAAIACCAAMMwJqmmVJDapSQ8XckU4UJCXvtw4'),
  blocks: packed(
    'QlpoMTFBWSZTWeSVCPMAAMN/////////////////////////////////////////////0AX96pVVSqqkAAACTAATAAEwAAAA' +
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACTAATAAEwAAAAAAAAA' +
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAE1VVQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSqqgAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAAAAAAAAAAAAAAAA/6KpxmAiqYEKpgYqmCCqYKAsGqCweoLCKgsJqCwqoLCxVMMFUw0VTDhVMPFUxAQsRqCxKo' +
      'LE6gsUqCxWoLFhVMXFUxgVTGRVMaFUxsVTHBVMdFUx4VTHxVMgFUyFQWRVBZHUFklQWS1BZNUJk4qmUCqZSKplQqmViqZYQW' +
      'W1BZdUFl9QWYVBZjUDMhVMzFUzQVTNRVM2FUzcBZxUFnNQWdVBZ3UFnlQWeiqZ8Kpn4qmgCqaCKpoQhaHUFolQWi1BaNUFo9' +
      'QWkCqaSKppQqmliqaYKppoqmnCqaeKpqAqmoiqakKpqagtUqC1WoLVqgtXqC1ioTWRVNaFU1sVTXBVNdFU14gtfqC2CoLYag' +
      'tiqC2OoGyCqbKKpswqmziqbQKptIC2qoLa6gtsqC22oLbqgtvFU3AVTcRVNyFU3MVTdBC3WoLdqgt3qC3ioLeagt6FU3sVTf' +
      'BVN9FU34VTfxVOAFU4EVTghVODFU4QVThVBcNUFw9QXEVBcTUFxVQXF1BcZUFxaguNUFxyguPUFyCguRUFySguTUFyiguVUF' +
      'yyguXUFzCguZUFzSgubUFzigudUFzygufUF0CguhUF0SgujUF0igulUF0ygunUF1CgupUF1SgurUF1igutUF1yguvUF2Cgux' +
      'UF2SguzUF2igu1UF2ygu3UF3Cgu5UF3Sgu7UF3igu9UF3ygu/UF4CgvBUF4SgvDUF4igvFUF4ygvHUF5CgvJUF5SgvLUF5ig' +
      'vNUF5ygvPUF6CgvRUF6SgvTUF6igvVUF6ygvXUF7CgvZUF7SgvbUF7igvdUF7ygvfUF8CgvhUF8SgvjUF8igvlUF8ygvnUF9' +
      'CgvpUF9SgvrUF9igvtUF9ygvvUF+CgvxUF+SgvzUF+igv1UF+ygv3UF/Cgv5UF/Sgv7UF/igv9UF/ygv/MUFZJlNZ/9go1AB' +
      'rdH/////////////////////////////////////////////QBf3pAAABVSqqlVJMABMAATAAAAAAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAABJgAJgACYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJMABMAATAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAAAATVVVAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFKqqAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAD/hVMAFUwEVTAhVMDFUwQQsFqCwaoLB6gsIqCwmoLChVMLFUwwVTDRVMOFUw8VTEBVMRFUxIVTExVMUFUxVQWLVBYvU' +
      'FjFQWMqCxpQWNqCxxQWOqCx5QWPqCyBQWQqCyJQWRqCyRQWSqCyZQWTqCyhQWUqCypQWVqCyxQWWqCy5QWXqCzBQWYqCzJQW' +
      'ZqCzRQWaqCzZQWbqCzhQWcqCzpQWdqCzxQWeqCz5QWfqC0BQWgqC0JQWhqC0RQWiqC0ZQWjqC0hQWkqC0pQWlqC0xQWmqC05' +
      'QWnqC1BQWoqC1JQWpqC1RQWqqC1ZQWrqC1hQWsqC1pQWtqC1xQWuqC15QWvqC2BQWwqC2JQWxqC2RQWyqC2ZQWzqC2hQW0qC' +
      '2pQW1qC2xQW2qC25QW3qC3BQW4qC3JQW5qC3RQW6qC3ZQW7qC3hQW8qC3pQW9qC3xQW+qC35QW/qC4BQXAqC4JQXBqC4RQXC' +
      'qC4ZQXDqC4hQXEqC4pQXFqC3HjFBcbUFx1QXH1BchUFyNQXJVBcnUFylQOVFU5YVTlxVOYFU5kVTmgFzdQXOVBc7UFz1QXP1' +
      'BdAKp0IqnRCqdGKp0gqnSiF01QXT1BdRUF1NQXVVBdWKp1gqnWiqdcKp14qnYCqdiKp2QqnZiqdoKp2oqnbKC7eoLuKgu5qC' +
      '7qoLu6hO8FU70VTvhVO/FU8AVTwSC8KoLw6gvEqC8WoLxqgeOKp5AqnkiqeUKp5YqnmALzagvOqC8+oL0KgvRqC9IVT0xVPU' +
      'FU9UVT1hVPXEL2KgvZqC9qoL26gvcqC90VT3hVPfFU+AVT4RVPiFU+MVT5BVPlFU+YVT5xVPoUF9NQX1VBfXUF9lQX21CfcK' +
      'p94qn4CqfiKp+Qqn5kF+lQX61BftUF+9QX8VA/kVT+hVP7FU/wVT/RVP+AX/mKCskymspollbQAKSL//////////////////' +
      '///////////////////////////oAv8HqqqVVUqqgAASYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACTAATAAE' +
      'wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAmqqqAAAAAAAA' +
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAKVVUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH/KCwBQWAqCwJQW' +
      'BqCwRQWCqCwZQWDqCwhQWEqCwpQWFqCwxQWGqCw5QWHqCxBQWIqCxJQWJqCxRQWKqCxZQWLqCxhQWMqC6bG6imOCqY6Kpjwq' +
      'mPiqZAKpkKgsiqCyOoLJKgslqCyaoTJxVMoFUykVTKhVMrFUywgstqCy6oLL6gswqCzGoGZCqZmKpmgqmaiqZsKpm4CzioLO' +
      'ags6qCzuoLPKgs9FUz4VTPxVNAFU0EVTQhC0OoLRKgtFqC0aoLR6gtIFU0kVTShVNLFU0wVTTRVNOFU08VTUBVNRFU1IVTU1' +
      'BapUFqtQWrVBavUFrFQmsiqa0KprYqmuCqa6KprxBa/UFsFQWw1BbFUFsdQNkFU2UVTZhVNnFU2gVTaQFtVQW11BbZUFttQW' +
      '3VBbeKpuAqm4iqbkKpuYqm6CFutQW7VBbvUFvFQW81Bb0KpvYqm+Cqb6Kpvwqm/iqcAKpwIqnBCqcGKpwgqnCqC4aoLh6guI' +
      'qC4moLiqhOLFU4wVTjRVOOFU48VTkCC5GoLkqguTqC5SoLlagcsKpy4qnMCqcyKpzQqnNgLnKgudqC56oLn6gugqC6EVTohV' +
      'OjFU6QVTpRVOmELi1BdOoLqFBdSoLqlBdWoLrFBdaoLrlBdeoLsFBdioLslBdmoLtFBdqoLtlBduoLuFBdyoLulBd2oLvFBd' +
      '6oLvlBd+oLwFBeCoLwlBeGoLxFBeKoLxlBeOoLyFBeSoLylBeWoLzFBeaoLzlBeeoL0FBeioL0lBemoL1FBeqoL1lBeuoL2F' +
      'BeyoL2lBe2oL3FBe6oL3lBe+oL4FBfCoL4lBfGoL5FBfKoL5lBfOoL6FBfSoL6lBfWoL7FBfaoL7lBfeoL8FBfioL8lBfmoL' +
      '9FBfqoL9lBfuoL+FBfyoL+lBf2oL/FBf6oL/lBf+YoKyTKazw2WvDAD+nv//////////////////////////////////////' +
      '//////+gC/vSqgAAAlVVKqSYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACTAATAAEwAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAAAAAAASYACYAAmAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAmqqqAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAAAAKVVUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH/CqYAKpgIqmBCqYGKpgghYLUFg1QWD1BYRU' +
      'FhNQWFCqYWKphgqmGiqYcKph4qmICqYiKpiQqmJiqYoKpiqgsWqCxeoLGKgsZqCxqoTGxVMcFUx0VTHhVMfFUyAgshqCyKoL' +
      'I6gskqCyWoGTCqZOKplAqmUiqZUKplYCyyoLLagsuqCy+oLMKgsxqCzKoLM1BZooLNVBZsoLN1BZwoLOVBZ0oLO1BZ4oLPVB' +
      'Z8oLP1BaAoLQVBaEoLQ1BaIoLRVBaMoLR1BaQoLSVBaUoLS1BaYoLTVBacoLT1BagoLUVBakoLU1BaooLVVBasoLV1BawoLW' +
      'VBa0oLW1Ba4oLXVBa8oLX1BbAoLYVBbEoLY1BbIoLZVBbMoLZ1BbQoLaVBbUoLa1BbYoLbVBbcoLb1BbgoLcVBbkoLc1Bboo' +
      'LdVBbsoLd1BbwoLeVBb0oLe1Bb4oLfVBb8oLf1BcAoLgVBcEoLg1BcIoLhVBcMoLh1BcQoLiVBcUoLi1BcYoLjVBccoLj1Bc' +
      'goLkVBckoLk1BcooLlVBcsoLl1BcwoLmVBc0oLm1Bc4oLnVBc8oLn1BdAoLoVBdEoLo1BdIoLpVBbj0ygunqC6ioLqaguqqC' +
      '6sVTrBVOtFU64VTrxVOwFU7EVTshVOzFU7QVTtRVO2UF29QXcVBdzUF3VQXd1Cd4Kp3oqnfCqd+Kp4AqngkF4VQXh1BeJUF4' +
      'tQXjVA8cVTyBVPJFU8oVTyxVPMAXm1BedUF59QXoVBejUF6QqnpiqeoKp6oqnrCqeuIXsVBezUF7VQXt1Be5UF7oqnvCqe+K' +
      'p8AqnwiqfEKp8YqnyCqfKKp8wqnziqfQoL6agvqqC+uoL7KgvtqE+4VT7xVPwFU/EVT8hVPzIL9Kgv1qC/aoL96gv4qB/Iqn' +
      '9Cqf2Kp/gqn+iqf8Av/MUFZJlNZwBrMzgAoX3/////////////////////////////////////////////QBf4APUqqpVVSA' +
      'AJMABMAATAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABJgAJgACYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJMAB' +
      'MAATAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAATVVVAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFKqqAAA' +
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/lBYAoLAVBYEoLA1BYIoLBVBYMoLB1BYQoLCVBYUoLC1BYYoLDVBYcoL' +
      'D1BYgoLEVBYkoLE1BYooLFVBYsoLF1BYwoLGVBY0oLG1BY4oLHVBY8oLH1BZAoLIVBZEoLI1BZIoLJVBZMoLJ1BZQoLKVBZU' +
      'oLK1BZYoLLVBZcoLL1BZgoLMVBZkoLM1BeBmtQWbVBZvUFnFQWc1BZ1UFndQWeVBZ6KpnwqmfiqaAKpoIqmhCFodQWiVBaLU' +
      'Fo1QWj1BaQKppIqmlCqaWKppgqmmiqacKpp4qmoCqaiKpqQqmpqC1SoLVagtWqC1eoLWKhNZFU1oVTWxVNcFU10VTXiC1+oL' +
      'YKgthqC2KoLY6gbIKpsoqmzCqbOKptAqm0gLaqgtrqC2yoLbagtuqC28VTcBVNxFU3IVTcxVN0ELdagt2qC3eoLeKgt5qC3o' +
      'VTexVN8FU30VTfhVN/FU4AVTgRVOCFU4MVThBVOFUFw1QXD1BcRUFxNQXFVCcWKpxgqnGiqccKpx4qnIEFyNQXJVBcnUFylQ' +
      'XK1A5YVTlxVOYFU5kVTmhVObAXOVBc7UFz1QXP1BdBUF0IqnRCqdGKp0gqnSiqdMIXT1BdRUF1NQXVVBdXUF1gqnWiqdcKp1' +
      '4qnYCqdiKp2QqnZiqdoKp2oqnbCqduoLuKgu5qC7qoLu6gu8qC72oLvqgu/qC8CoLi1BeCoLwlBeGoLxFBeKoLxlBeOoLyFB' +
      'eSoLylBeWoLzFBeaoLzlBeeoL0FBeioL0lBemoL1FBeqoL1lBeuoL2FBeyoL2lBe2oL3FBe6oL3lBe+oL4FBfCoL4lBfGoL5' +
      'FBfKoL5lBfOoL6FBfSoL6lBfWoL7FBfaoL7lBfeoL8FBfioL8lBfmoL9FBfqoL9lBfuoL+FBfyoL+lBf2oL/FBf6oL/lBf+Y' +
      'oKyTKazjAXMeAAjb/////////////////////////////////////////////+gB/gAAA8ASYACYAAmAAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAAAAAAAAAACTAATAAEwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASYACYAAmAAAAAAAAAAAAAAAAAAAAAA' +
      'AAAAAAAAAAAAAAAAmqqqAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAKlVUaaNGJo0GmjAmmgaDRiaYTExGIyADQ' +
      'DCaMCNGjCGmAIyGjCYjEMTQADTJpkMQYjCaMBBkyBkGATAh/wWABYCFgQWBhYIFgoWDBYOFhAWEhYUFhYWGBYaFhwWHhYgFi' +
      'IWJBYmFigWKhYsFi4WMBYyFjQWNhY4FjoWPBY+FkAWQhZEFkYWSBZKFkwWThZQFlIWVBZWFlgWWhZcFl4WYBZiFmQWZhZoFm' +
      'oWbBZuFnAWchZ0FnYWeBZ6FnwWfhaAFoIWhBaGFogWihaMFo4WkBaSFpQWlhaYFpoWnBaeFqAWohakFqYWqBaqFqwWrhawFr' +
      'IWtBa2FrgWuha8Fr4WwBbCFsQWxhbIFsoWzBbOFtAW0hbUFtYW2BbaFtwW3hbgFuIW5BbmFugW6hbsFu4W8BbyFvQW9hb4Fv' +
      'oW/Bb+FwAXAhcEFwYXCBcKFwwXDhcQFxIXFBcWFxgXGhccFx4XIBciFyQXJhcoFyoXLBcuFzAXMhc0FzYXOBc6FzwXPhdAF0' +
      'IXRBdGF0gXShdMF04XUBdSF1QXVhdYF1oXXBdeF2AXYhdkF2YXaBdqF2wXbhdwF3IXdBd2F3gXehd8IzUkjNZuSRnAnyhPmC' +
      'fOE+gJnQmeCZ8J9IT6gmgCaEJogmjCfWE0gT7An2hNKE0wTThNQE1ITVBNWE+4J94T8An4hNYE1oT8gmuCa8J+YT9An6hP2C' +
      'fuE2ATYhP4CfyE/oJ/YTZBNmE2gTahNsE24TcBNyE/wJugm7CbwJvQm+Cb8J/oT/gn/i7kinChIY6TyLYA==',
  ),
}

/** By Python's zipfile. */
const ZIP = {
  one: packed(
    'UEsDBBQAAAAIAAAAIQCsKpPYBAAAAAIAAAAKAAAAcmVhZG1lLnR4dMvIBABQSwMEFAAAAAgAAAAhADoncIZTAAAAawAAAAkA' +
      'AABkaXIvQS5OWkKzyatKsrNJy8xJVSguTcpKTS6xVVdK1CtKLFJSqHTNS1bQMNQ31FS3sylOTc9NzSsphrMU8kpzk1KLbJUM' +
      'lewSHZJs9KHidnAWUK0+yGQgBbIFAFBLAQIUAxQAAAAIAAAAIQCsKpPYBAAAAAIAAAAKAAAAAAAAAAAAAACAAQAAAAByZWFk' +
      'bWUudHh0UEsBAhQDFAAAAAgAAAAhADoncIZTAAAAawAAAAkAAAAAAAAAAAAAAIABLAAAAGRpci9BLk5aQlBLBQYAAAAAAgAC' +
      'AG8AAACmAAAAAAA=',
  ),
  stored: packed(
    'UEsDBBQAAAAAAAAAIQA6J3CGawAAAGsAAAAFAAAAYS5uemI8bnpiPjxmaWxlIHN1YmplY3Q9JyJhLnJhciIgeUVuYyAoMS8x' +
      'KSc+PHNlZ21lbnRzPjxzZWdtZW50IG51bWJlcj0iMSI+YUBiPC9zZWdtZW50Pjwvc2VnbWVudHM+PC9maWxlPjwvbnpiPlBL' +
      'AQIUAxQAAAAAAAAAIQA6J3CGawAAAGsAAAAFAAAAAAAAAAAAAACAAQAAAABhLm56YlBLBQYAAAAAAQABADMAAACOAAAACQBh' +
      'IGNvbW1lbnQ=',
  ),
  two: packed(
    'UEsDBBQAAAAIAAAAIQA6J3CGUwAAAGsAAAAFAAAAYS5uemKzyatKsrNJy8xJVSguTcpKTS6xVVdK1CtKLFJSqHTNS1bQMNQ3' +
      '1FS3sylOTc9NzSsphrMU8kpzk1KLbJUMlewSHZJs9KHidnAWUK0+yGQgBbIFAFBLAwQUAAAACAAAACEAOidwhlMAAABrAAAA' +
      'BQAAAGIubnpis8mrSrKzScvMSVUoLk3KSk0usVVXStQrSixSUqh0zUtW0DDUN9RUt7MpTk3PTc0rKYazFPJKc5NSi2yVDJXs' +
      'Eh2SbPSh4nZwFlCtPshkIAWyBQBQSwECFAMUAAAACAAAACEAOidwhlMAAABrAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5uemJQ' +
      'SwECFAMUAAAACAAAACEAOidwhlMAAABrAAAABQAAAAAAAAAAAAAAgAF2AAAAYi5uemJQSwUGAAAAAAIAAgBmAAAA7AAAAAAA',
  ),
  none: packed(
    'UEsDBBQAAAAIAAAAIQA6J3CGUwAAAGsAAAAFAAAAYS50eHSzyatKsrNJy8xJVSguTcpKTS6xVVdK1CtKLFJSqHTNS1bQMNQ3' +
      '1FS3sylOTc9NzSsphrMU8kpzk1KLbJUMlewSHZJs9KHidnAWUK0+yGQgBbIFAFBLAQIUAxQAAAAIAAAAIQA6J3CGUwAAAGsA' +
      'AAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAB2AAAAAAA=',
  ),
}
const badUrl = expect.objectContaining({ kind: 'BAD_URL' })

describe('bzip2', () => {
  it.each<[string, Buffer, Buffer]>([
    ['nothing', BZIP2.empty, Buffer.alloc(0)],
    ['a text', BZIP2.nzb, NZB],
    ['long runs', BZIP2.runs, Buffer.alloc(1_000_000, 'a')],
    [
      'several blocks',
      BZIP2.blocks,
      Buffer.concat(Array<Buffer>(2000).fill(Buffer.from([...Array(256).keys()]))),
    ],
    ['two streams', Buffer.concat([BZIP2.nzb, BZIP2.empty, BZIP2.nzb]), Buffer.concat([NZB, NZB])],
    ['what is no stream behind one', Buffer.concat([BZIP2.nzb, Buffer.from('rest')]), NZB],
  ])('is read: %s', (_what, bytes, expected) => {
    expect(Buffer.compare(bunzip2(bytes, MAX_BYTES), expected)).toBe(0)
  })

  it('is read up to a limit, which a bomb meets soon', () => {
    expect(() => bunzip2(BZIP2.runs, 999_999)).toThrow(LargeBzip2)
    expect(bunzip2(BZIP2.runs, 1_000_000)).toHaveLength(1_000_000)
  })

  it('that is broken or cut short is told so, and nothing else', () => {
    const place = fc.nat(BZIP2.nzb.length - 1)
    const broken = fc.property(place, fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
      const bytes = Buffer.from(cut ? BZIP2.nzb.subarray(0, at) : BZIP2.nzb)
      if (!cut) bytes[at] = (bytes[at] ?? 0) ^ change
      try {
        // What is left over in the last byte, and the checksum of all blocks, say nothing about the bytes.
        expect(Buffer.compare(bunzip2(bytes, MAX_BYTES), NZB)).toBe(0)
        expect(at === 3 || at >= BZIP2.nzb.length - 5).toBe(true)
      } catch (error) {
        if (!(error instanceof BadBzip2) && !(error instanceof LargeBzip2)) throw error
      }
    })
    fc.assert(broken, { numRuns: 300 })
  })
})

describe('an NZB', () => {
  it.each<[string, Buffer]>([
    ['as it is', NZB],
    ['gzip', gzipSync(NZB)],
    ['bzip2', BZIP2.nzb],
    ['ZIP, beside another file', ZIP.one],
    ['ZIP, stored, with a comment', ZIP.stored],
    ['an upload of bzip2, which is kept as gzip', gzipSync(BZIP2.nzb)],
    ['an upload of a ZIP, which is kept as gzip', gzipSync(ZIP.one)],
  ])('is found in %s', (_what, bytes) => {
    expect(Buffer.compare(unpacked(bytes), NZB)).toBe(0)
  })

  it.each<[string, Buffer]>([
    ['a ZIP with two', ZIP.two],
    ['a ZIP without one', ZIP.none],
    ['a ZIP that is cut short', ZIP.one.subarray(0, -30)],
    [
      'a ZIP that is damaged',
      Buffer.concat([ZIP.stored.subarray(0, 60), Buffer.from('?'), ZIP.stored.subarray(61)]),
    ],
    ['gzip that is cut short', gzipSync(NZB).subarray(0, -9)],
    ['gzip of more than any NZB has', gzipSync(Buffer.alloc(MAX_BYTES + 1))],
    ['bzip2 that is cut short', BZIP2.nzb.subarray(0, -20)],
    ['an upload of bzip2 that is cut short', gzipSync(BZIP2.nzb.subarray(0, -20))],
  ])('is not found in %s', (_what, bytes) => {
    expect(() => unpacked(bytes)).toThrow(badUrl)
  })

  it('is not found in a broken ZIP, whatever is broken, and nothing else happens', () => {
    const broken = fc.property(fc.nat(ZIP.one.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Buffer.from(ZIP.one)
      bytes[at] = byte
      try {
        unpacked(bytes)
      } catch (error) {
        expect(error).toEqual(badUrl)
      }
    })
    fc.assert(broken, { numRuns: 2_000 })
  })
})
