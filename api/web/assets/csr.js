// The certificate request of an account: PKCS #10, signed by the account's key.

import { pem } from "./bytes.js";
import { bitString, oid, sequence, tagged, tags, unsigned, utf8String } from "./der.js";
import { sign } from "./sign.js";

// certificateRequest asks for a certificate whose common name is the enrolment id. spki is the key's public half.
export async function certificateRequest(key, spki, enrolment) {
  const subject = sequence(tagged(tags.set, sequence(oid("2.5.4.3"), utf8String(enrolment))));
  const noAttributes = tagged(0xa0);
  const info = sequence(unsigned(Uint8Array.of(0)), subject, spki, noAttributes);
  const ecdsaWithSHA256 = sequence(oid("1.2.840.10045.4.3.2"));
  return pem("CERTIFICATE REQUEST", sequence(info, ecdsaWithSHA256, bitString(await sign(key, info))));
}
