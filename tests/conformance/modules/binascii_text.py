# binascii: each form there and back, damaged input, checksums.
import base64
import binascii
import quopri
import zipfile

print(binascii.hexlify(b'\x00\xfe\xff'), binascii.hexlify(b'abcdef', '-', 2), binascii.b2a_hex(b'abcdef', b':', -4), binascii.unhexlify('00fEfF'), binascii.a2b_hex(b'6162'))
for size in range(7):
    data = bytes(range(250, 250 + min(size, 6))) + bytes(max(0, size - 6))
    print(binascii.b2a_base64(data), binascii.b2a_base64(data, newline=False), binascii.a2b_base64(binascii.b2a_base64(data)) == data)
    print(binascii.b2a_uu(data), binascii.b2a_uu(data, backtick=True), binascii.a2b_uu(binascii.b2a_uu(data)) == data)
print(binascii.a2b_base64('YWI=\n'), binascii.a2b_base64(b'Y W*I='), binascii.a2b_base64(b'YWJj===='), binascii.a2b_base64('YWI=YWI='), binascii.a2b_base64(b'=YWJj'))
for call in (lambda: binascii.a2b_base64('YW'), lambda: binascii.a2b_base64('Y'), lambda: binascii.a2b_base64('YWJjY'), lambda: binascii.a2b_base64('YWJj=', strict_mode=True),
             lambda: binascii.a2b_base64('=YWJj', strict_mode=True), lambda: binascii.a2b_base64('YW I=', strict_mode=True), lambda: binascii.a2b_base64('YW=I', strict_mode=True),
             lambda: binascii.a2b_base64('YWI=\n', strict_mode=True), lambda: binascii.a2b_hex('abc'), lambda: binascii.a2b_hex('xx'), lambda: binascii.a2b_hex('é'), lambda: binascii.a2b_hex(1),
             lambda: binascii.b2a_uu(bytes(46)), lambda: binascii.a2b_uu(b'!\x7f\x7f'), lambda: binascii.a2b_uu(b'!!!!!!!!!!x'), lambda: binascii.b2a_hex('a'), lambda: binascii.crc32('a')):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
print(binascii.a2b_uu(b'#86)C'), binascii.a2b_uu(b'#86)C\n'), binascii.a2b_uu(b'#8'), binascii.a2b_uu(b''))
text = b'caf\xc3\xa9 = nice_ day \t\nnext.\r\n.\n ' + b'long ' * 30 + b'end '
for options in ({}, {'quotetabs': True}, {'istext': False}, {'header': True}, {'quotetabs': True, 'header': True}):
    coded = binascii.b2a_qp(text, **options)
    print(coded, binascii.a2b_qp(coded, header=options.get('header', False)) == text)
print(binascii.a2b_qp('a=\nb=3D=zz==41_'), binascii.a2b_qp(b'a_b', header=True), binascii.a2b_qp(b'x='), quopri.encodestring(b'a=b'))
print(binascii.crc32(b'123456789'), binascii.crc32(b'6789', binascii.crc32(b'12345')), binascii.crc32(b''), binascii.crc_hqx(b'123456789', 0), binascii.crc_hqx(b'x', 70000))
print(base64.b32encode(b'abc'), base64.b85encode(b'abc'), base64.urlsafe_b64decode('_-8='), issubclass(binascii.Error, ValueError), binascii.Incomplete.__mro__[1])
