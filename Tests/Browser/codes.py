"""What an authenticator app does: reads the drawn code, and counts its digits."""
import base64
import hashlib
import hmac
import struct
import time
from urllib.parse import parse_qs, urlsplit

import numpy
import zxingcpp

PIXELS = """async (png) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  return { width: image.width, height: image.height, grey: Array.from({ length: data.length / 4 }, (_, at) => data[4 * at]) };
}"""


def drawn_text(picture):
    """What a camera reads on a drawn QR code: of its picture on the screen."""
    found = picture.page.evaluate(PIXELS, base64.b64encode(picture.screenshot()).decode())
    grey = numpy.array(found["grey"], dtype=numpy.uint8).reshape(found["height"], found["width"])
    codes = zxingcpp.read_barcodes(grey)
    assert len(codes) == 1, "no camera could read this code"
    return codes[0].text


class Authenticator:
    """TOTP of RFC 6238 as an `otpauth:` address asks for it."""

    def __init__(self, uri):
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("otpauth", "totp"), uri
        asked = parse_qs(parts.query)
        self.label, self.issuer = parts.path.lstrip("/"), asked["issuer"][0]
        self.secret = base64.b32decode(asked["secret"][0] + "=" * (-len(asked["secret"][0]) % 8))
        self.digits, self.period = int(asked.get("digits", ["6"])[0]), int(asked.get("period", ["30"])[0])
        self.hash = getattr(hashlib, asked.get("algorithm", ["SHA1"])[0].lower())

    def code(self, steps=0):
        """The code of now, or of the period after it: a code counts once only."""
        counter = int(time.time()) // self.period + steps
        digest = hmac.new(self.secret, struct.pack(">Q", counter), self.hash).digest()
        at = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 10 ** self.digits:0{self.digits}d}"
