import Testing

@testable import Storage

@Suite struct EffectKeyTests {
    /// The example of RFC 9562, appendix A.4.
    @Test func `a name in a namespace has the UUID of the standard`() {
        let dns: [UInt8] = [
            0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4,
            0x30, 0xC8,
        ]
        #expect(
            EffectKey.text(EffectKey.uuid(of: Array("www.example.com".utf8), in: dns))
                == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    }

    @Test func `the same effect has the same key, and no other has it`() {
        let effects = [["a", "b"], ["ab", ""], ["a", "c"], ["b", "a"], ["a"]]
        #expect(effects.map(EffectKey.key) == effects.map(EffectKey.key))
        #expect(Set(effects.map(EffectKey.key)).count == effects.count)
    }
}
