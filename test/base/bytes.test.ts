import assert from 'node:assert/strict';
import fc from 'fast-check';
import { crc32c } from '../../src/base/crc32c.js';
import { utf8Decode, utf8Encode } from '../../src/base/utf8.js';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('crc32c', () => {
  it('gives the check value of its definition, in one piece or two', () => {
    assert.equal(crc32c(ascii('123456789')), 0xe3069283);
    assert.equal(crc32c(ascii('6789'), crc32c(ascii('12345'))), 0xe3069283);
  });
});

describe('utf8', () => {
  it('is what the platform makes of whole characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.deepEqual(Buffer.from(utf8Encode(text)), Buffer.from(text));
        assert.equal(utf8Decode(Buffer.from(text)), text);
      }),
    );
  });

  it('keeps lone surrogates', () => {
    for (const text of ['\ud800', 'a\udc00b', '\ud83d\ude00\ud83d']) assert.equal(utf8Decode(utf8Encode(text)), text);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.ok(utf8Decode(bytes).length <= bytes.length);
      }),
    );
    assert.equal(utf8Decode(Uint8Array.of(0xc0, 0x80, 0xff, 0x41)), '\ufffd\ufffdA');
  });
});
