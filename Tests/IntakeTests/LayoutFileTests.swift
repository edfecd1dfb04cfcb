import Intake
import Settings
import Tabular
import Testing

/// layouts/*.yaml: what is read, and what is said of what can't be.
@Suite struct LayoutFileTests {
    private static let head = "version: 1\nlayout: acme-till\nrecords: orders\n"

    private func layout(_ text: String, head: String = head) throws -> Layout {
        try LayoutFile.read(SettingsSource(name: "layouts/acme.yaml", text: head + text))
    }

    private func errors(_ text: String, head: String = head) -> String {
        do {
            _ = try layout(text, head: head)
            return "none"
        } catch {
            return "\(error)".replacing("layouts/acme.yaml:", with: "")
        }
    }

    @Test func `a layout says only what differs`() throws {
        var expected = Layout(name: "acme-till", records: .orders)
        expected.location = SettingsLocation(file: "layouts/acme.yaml", line: 2, column: 9)
        #expect(try layout("") == expected)
        #expect(expected.delimiter == UInt8(ascii: ","))
        #expect(expected.thousands == nil)
        #expect(expected.datePattern(of: "ordered_at") == "yyyy-MM-dd'T'HH:mm:ss")
        #expect(expected.datePattern(of: "order_id") == nil)
        #expect(expected.header(of: "order_id") == "order_id")
    }

    @Test func `every key is read`() throws {
        let layout = try layout(
            """
            delimiter: ";"
            decimal: ","
            thousands: "."
            dates: { ordered_at: "dd/MM/yyyy HH:mm:ss" }
            timezone: Europe/Athens
            timezones: { ordered_at: UTC }
            columns: { order_id: Ticket, ordered_at: Date de vente }
            values: { kind: { sell: sale, "*": other } }
            nulls: ["", "-"]
            never: ["31/12/9999"]
            constants: { channel: pos, currency: EUR, system: till }
            zero_quantity: accept
            fraction: exact
            """)
        #expect(layout.delimiter == UInt8(ascii: ";"))
        #expect(layout.decimal == UInt8(ascii: ","))
        #expect(layout.thousands == UInt8(ascii: "."))
        #expect(layout.dates == ["ordered_at": "dd/MM/yyyy HH:mm:ss"])
        #expect(layout.zone(of: "ordered_at") == "UTC")
        #expect(layout.zone(of: "other") == "Europe/Athens")
        #expect(layout.header(of: "ordered_at") == "Date de vente")
        #expect(layout.values == ["kind": ["sell": "sale", "*": "other"]])
        #expect(layout.nulls == ["", "-"])
        #expect(layout.never == ["31/12/9999"])
        #expect(layout.constants == ["channel": "pos", "currency": "EUR", "system": "till"])
        #expect(layout.zeroQuantity == .accept)
        #expect(layout.fraction == .exact)
    }

    @Test func `defaults may be written out, those of later keys too`() throws {
        let written = try layout(
            """
            format: csv
            encoding: utf-8
            delimiter: ","
            header: true
            decimal: "."
            thousands: ""
            dates: { ordered_at: "yyyy-MM-dd'T'HH:mm:ss" }
            timezone: program
            nulls: ["", "NULL", "0000-00-00 00:00:00"]
            never: ["9998-12-31 00:00:00"]
            contiguous: true
            zero_quantity: reject
            fraction: reject
            order_key: [system, order_id]
            trailer: none
            marker: none
            code_pattern: none
            """)
        var expected = try layout("")
        expected.dates = ["ordered_at": Layout.timePattern]
        #expect(written == expected)
    }

    @Test func `how codes are written is a key of layouts that have codes`() throws {
        let head = "version: 1\nlayout: acme-codes\nrecords: codes\n"
        let layout = try layout("code_pattern: \"[A-Z]{4}-[0-9]{4}\"\n", head: head)
        #expect(layout.codePattern == "[A-Z]{4}-[0-9]{4}")
        #expect(try self.layout("code_pattern: none\n", head: head).codePattern == nil)
        #expect(
            errors("code_pattern: \"[\"\n", head: head)
                == "4:15: 'code_pattern': a [ without its ] in the regular expression '['")
        #expect(
            errors("code_pattern: \"[A-Z]+\"\n")
                == "4:15: 'code_pattern' is for codes, and orders have none")
    }

    @Test func `words of states and kinds are those of the system`() throws {
        let layout = try layout(
            "values: { state: { unused: available, claimed: burned } }\n",
            head: "version: 1\nlayout: acme-codes\nrecords: codes\n")
        #expect(layout.values == ["state": ["unused": "available", "claimed": "burned"]])
        let file = try ReadFile(
            "code,state\nA1,unused\nA2,claimed\nA3,available\n", layout,
            constants: ["reward_id": "r25"])
        #expect(file.codes == ["A1 r25 available", "A2 r25 burned"])
        #expect(file.refusals == ["4 value_unknown"])
    }

    @Test func `how the lines of an order hang together, and how cards are written`() throws {
        let layout = try layout(
            """
            contiguous: false
            order_key: [system, store_id, terminal_id, business_date, order_id]
            card_pattern: "[0-9]{13}"
            check: ean13
            """)
        #expect(!layout.isContiguous)
        #expect(layout.orderKey == [.storeID, .terminalID, .businessDate, .orderID])
        #expect(layout.cardPattern == "[0-9]{13}")
        #expect(layout.check == .ean13)
        #expect(try self.layout("lines: order-items\n").lines == .orderItems)
        #expect(try self.layout("card_pattern: none\ncheck: none\n") == self.layout(""))
    }

    @Test func `a key of orders or cards is refused where it can say nothing`() {
        #expect(
            errors(
                """
                order_key: [store_id, store_id, shop]
                card_pattern: "["
                check: isbn
                """) == """
                    4:12: 'order_key' needs order_id
                    4:23: 'store_id' stands twice in 'order_key'
                    4:33: 'order_key' needs one of store_id, terminal_id, business_date, \
                    order_id, not 'shop'
                    5:15: 'card_pattern': a [ without its ] in the regular expression '['
                    6:8: 'check' needs one of ean13, luhn, not 'isbn'
                    """)
        #expect(
            errors("lines: order-items\norder_key: [store_id, order_id]\n")
                == "5:12: items know their order by its number alone: no other 'order_key' here")
        #expect(
            errors(
                "contiguous: false\nlines: order-items\norder_key: [order_id]\n",
                head: "version: 1\nlayout: a\nrecords: members\n") == """
                    4:13: 'contiguous' is a key of layouts for orders and order-items
                    5:8: 'lines' is a key of layouts for orders
                    6:12: 'order_key' is a key of layouts for orders
                    """)
        #expect(
            errors(
                "check: luhn\nlines: here\n", head: "version: 1\nlayout: a\nrecords: products\n")
                    == """
                    4:8: 'check' is for cards, and products have none
                    5:8: 'lines' is a key of layouts for orders
                    """)
    }

    @Test func `trailer and marker`() throws {
        let layout = try layout(
            "trailer: { starts: T, rows: 2, sum: { line_amount: 3 } }\nmarker: \"{stem}.ok\"\n")
        #expect(layout.trailer == Layout.Trailer(starts: "T", rows: 2, sums: ["line_amount": 3]))
        #expect(layout.marker == MarkerName("{stem}.ok"))
        #expect(
            errors("trailer: { rows: 0, sum: { store_id: 1, line_amount: x } }\n") == """
                4:10: 'starts' is needed
                4:18: 'rows' needs a whole number from 1 to 100000, not '0'
                4:28: the column 'store_id' is no number
                4:54: 'line_amount' needs a position from 1, not 'x'
                """)
        #expect(
            errors("format: jsonl\ntrailer: { starts: T }\n")
                == "5:10: JSON Lines have no 'trailer'")
        for name in ["done", "{name}", "{nam}.done", "x/{name}.done", "{name}{stem}", ".{name}"] {
            #expect(errors("marker: \"\(name)\"\n").contains("needs a name with {name} or {stem}"))
        }
    }

    @Test func `encoding, format and header`() throws {
        #expect(try layout("").encoding == .utf8)
        #expect(try layout("encoding: windows-1252\n").encoding == .windows1252)
        #expect(try layout("format: jsonl\n").format == .jsonLines)
        let first = try layout("header: false\ncolumns: { order_id: 1, quantity: 12 }\n")
        #expect(!first.hasHeader)
        #expect(first.header(of: "quantity") == "12")
        #expect(
            errors("encoding: utf8\n")
                == "4:11: 'encoding' needs one of utf-8, utf-16, iso-8859-1, windows-1252, not 'utf8'"
                + "; did you mean 'utf-8'?")
        #expect(
            errors("header: false\ncolumns: { order_id: Ticket, quantity: 0 }\n") == """
                5:22: 'order_id' needs a position from 1, as 'header' is false, not 'Ticket'
                5:40: 'quantity' needs a position from 1, as 'header' is false, not '0'
                """)
        #expect(
            errors("header: false\n")
                == "4:9: without a header 'columns' must say where each column stands: "
                + "{ order_id: 1 }")
        #expect(
            errors("format: jsonl\nheader: false\ndelimiter: \";\"\n") == """
                5:9: JSON Lines have keys and no 'header'
                6:12: JSON Lines have no 'delimiter'
                """)
    }

    @Test func `a layout that is built in can't be written anew`() {
        for name in ["canonical"] + Layout.builtIn.map(\.name) {
            #expect(
                errors("", head: "version: 1\nlayout: \(name)\nrecords: orders\n")
                    == "2:9: '\(name)' is built in; give this layout a name of its own")
        }
    }

    @Test func `a column must be one of the record kind`() {
        #expect(
            errors(
                """
                columns: { order_di: Ticket, lot_id: Lot }
                dates: { order_id: yyyyMMdd }
                constants: { chanel: pos }
                values: { kidn: { a: b } }
                """) == """
                    4:12: 'orders' have no column 'order_di'; did you mean 'order_id'?
                    4:30: 'orders' have no column 'lot_id'
                    5:10: the column 'order_id' is no date
                    6:14: 'orders' have no column 'chanel'; did you mean 'channel'?
                    7:11: 'orders' have no column 'kidn'; did you mean 'kind'?
                    """)
    }

    @Test func `a word must be one that the column knows`() {
        #expect(
            errors(
                """
                values: { kind: { sell: slae, "*": "", V: void }, channel: { a: anything } }
                constants: { kind: retrun, order_id: X, channel: pos }
                """) == """
                    4:25: 'kind' knows no 'slae', only sale, return, void, exchange, suspended, training, \
                    no_sale, tender_change, open, close, other; did you mean 'sale'?
                    5:20: 'kind' knows no 'retrun', only sale, return, void, exchange, suspended, training, \
                    no_sale, tender_change, open, close, other; did you mean 'return'?
                    5:28: 'order_id' tells orders apart and can't be the same in all
                    """)
        #expect(
            errors(
                "values: { status: { A: activ } }\n",
                head: "version: 1\nlayout: a\nrecords: members\n")
                == "4:24: 'status' knows no 'activ', only active, blocked, closed, erased; did you mean "
                + "'active'?")
        #expect(
            errors(
                "constants: { account: spent }\n",
                head: "version: 1\nlayout: a\nrecords: adjustments\n")
                == "4:23: 'account' knows no 'spent', only spend, status; did you mean 'spend'?")
    }

    @Test func `each record kind is told apart by a column of its own`() {
        for kind in RecordKind.allCases {
            #expect(kind.column(kind.identity)?.isMandatory == true)
            #expect(
                errors(
                    "constants: { \(kind.identity): X }\n",
                    head: "version: 1\nlayout: a\nrecords: \(kind.rawValue)\n")
                    == "4:14: '\(kind.identity)' tells \(kind.rawValue) apart and can't be the same in all"
            )
        }
    }

    @Test func `a header or position is of one column`() throws {
        let hint = "; only 'values' of one of them could tell them apart"
        #expect(
            errors("columns: { order_id: Ticket, store_id: Ticket, line_no: No }\n")
                == "4:40: 'Ticket' can't be both 'order_id' and 'store_id'" + hint)
        #expect(
            errors("header: false\ncolumns: { order_id: 1, quantity: 2, line_amount: 2 }\n")
                == "5:51: '2' can't be both 'quantity' and 'line_amount'" + hint)
        let layout = try layout(
            """
            columns: { original_order_id: Of, kind: Of }
            values: { kind: { "": sale, "*": return } }
            """)
        #expect(layout.header(of: "kind") == "Of")
    }

    @Test func `what means no end is a date`() {
        #expect(
            errors("never: [foo, \"2099\", 9999-12-31, 31.12.2999, \"99991231T000000Z\"]\n") == """
                4:9: 'never' needs dates like 9998-12-31, not 'foo'; words that mean 'nothing here' go to \
                'nulls'
                4:14: 'never' needs dates like 9998-12-31, not '2099'; words that mean 'nothing here' go to \
                'nulls'
                """)
    }

    @Test func `a date pattern has letters that are known, each once`() {
        func message(_ pattern: String) -> String {
            errors("dates: { ordered_at: \(pattern) }\n")
        }
        for pattern in [
            "yyyyMMdd", "d.M.yyyy", "\"yyyy-MM-dd'T'HH:mm\"", "yyyy/MM/dd H:mm:ss.SSSX",
        ] {
            #expect(message(pattern) == "none")
        }
        let begin = "4:22: 'ordered_at': "
        #expect(
            message("yyyy-MM-dd'T'HH:mm:ssz")
                == begin + "'z' is no letter of a date pattern: y M d H m s S X, others in quotes")
        #expect(
            message("yy-MM-dd")
                == begin + "'yy' in a date pattern; say yyyy, M or MM, d or dd, and so on")
        #expect(message("yyyy-MM-dd MM") == begin + "'M' stands twice in the date pattern")
        #expect(message("yyyy-MM") == begin + "a date pattern needs y, M and d")
        #expect(message("yyyy-MM-dd'T") == begin + "a quote is open in the date pattern")
    }

    @Test func `marks are single ASCII characters and differ`() {
        let form = "needs one character like ',' ';' or \"\\t\", not"
        #expect(
            errors("delimiter: \"::\"\ndecimal: \"٫\"\nthousands: \"0\"\n") == """
                4:12: 'delimiter' \(form) '::'
                5:10: 'decimal' \(form) '٫'
                6:12: 'thousands' \(form) '0'
                """)
        #expect(
            errors("thousands: \".\"\n") == "4:12: 'thousands' and 'decimal' are the same")
        #expect(errors("delimiter: \"\\t\"\n") == "none")
    }

    @Test func `name and record kind are needed and judged`() {
        #expect(
            errors("fraction: half\n", head: "version: 1\n") == """
                1:1: 'layout' is needed
                1:1: 'records' is needed
                2:11: 'fraction' needs one of reject, half_up, exact, not 'half'
                """)
        #expect(
            errors("", head: "version: 1\nlayout: canonical\nrecords: burns\n") == """
                2:9: 'canonical' is built in; give this layout a name of its own
                """)
        #expect(
            errors("", head: "version: 1\nlayout: a\nrecords: opening_lots\n") == """
                3:10: 'records' needs one of members, tiers, products, orders, order-items, \
                adjustments, rewards, codes, burns, stock, claims, events, gift-codes, opening-lots, \
                opening-orders, not 'opening_lots'; did you mean 'opening-lots'?
                """)
    }

    @Test func `every record kind has its built-in layout and mandatory columns`() {
        #expect(
            RecordKind.allCases.map { kind in
                let names = kind.columns.filter(\.isMandatory).map(\.name)
                return "\(Layout.canonical(kind).name) \(kind.rawValue): "
                    + names.joined(separator: " ")
            } == [
                "canonical members: card_code",
                "canonical tiers: card_code tier",
                "canonical products: product_id",
                "canonical orders: order_id ordered_at store_id quantity line_amount",
                "canonical order-items: order_id quantity line_amount",
                "canonical adjustments: adjustment_id card_code points reason",
                "canonical rewards: reward_id name",
                "canonical codes: code",
                "canonical burns: burned_at code",
                "canonical stock: code",
                "canonical claims: claim_id claimed_at card_code reward_id",
                "canonical events: event_id occurred_at card_code event",
                "canonical gift-codes: used_at card_code code",
                "canonical opening-lots: lot_id card_code earned_on points remaining",
                "canonical opening-orders: order_id ordered_on net_amount",
            ])
    }
}
