import NodeKit
import Testing

@Suite struct AddressGroupTests {
  @Test(arguments: [
    ("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::1", "2001:db8:1:3::/64"), ("::1", "::/64"), ("fe80::1%eth0", "fe80::/64"), ("::ffff:203.0.113.9", "203.0.113.9"),
    ("", ""), ("unknown", "unknown"), ("1:2:3", "1:2:3"),
  ])
  func anAddressStandsForItsHost(address: String, group: String) {
    #expect(AddressGroup.name(of: address) == group)
  }
}
