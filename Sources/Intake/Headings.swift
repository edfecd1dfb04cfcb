internal import Loyalty

/// What people write over a column of codes.
///
/// Where a layout has no header, such a line would become a code that anybody can guess.
struct Headings {
    private static let words: [StaticString] = [
        "code", "codes", "coupon", "coupons", "voucher", "vouchers", "coupon_code", "couponcode",
        "voucher_code", "vouchercode", "promo_code", "promocode", "discount_code", "discountcode",
        "gift_code", "giftcode", "reward_code",
    ]

    /// Whether a text is one of them, whatever its capitals.
    static func has(_ text: ByteText) -> Bool {
        guard text.count <= 13 else { return false }
        return words.contains { word in
            text.count == word.utf8CodeUnitCount
                && (0..<text.count).allSatisfy { text[$0] | 32 == word.utf8Start[$0] | 32 }
        }
    }
}
