package import Loyalty
package import Storage

/// Products as the last file described them: the only writer of their table.
package struct ProductBook {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// Takes over tonight's products, in the order of their ids; a later line of one corrects it.
    package func post(_ products: [Product], fileCount: Int) throws -> [VerdictCounts] {
        var counts = Array(repeating: VerdictCounts(), count: fileCount)
        let find = try connection.prepare(
            "SELECT category, brand, department FROM product WHERE id = ?")
        let write = try connection.prepare(
            "INSERT OR REPLACE INTO product (id, category, brand, department) VALUES (?, ?, ?, ?)")
        for index in sortedTexts(products.count, { products[$0].id }) {
            let product = products[Int(index)]
            let texts = [product.category, product.brand, product.department]
            find.reset()
            find.bind(product.id, at: 1)
            let isKnown = try find.step()
            let isSame = isKnown && texts.indices.allSatisfy { find.text(Int32($0)) == texts[$0] }
            find.reset()
            counts[Int(product.file)][!isKnown ? .accepted : isSame ? .duplicate : .correction] += 1
            guard !isSame else { continue }
            write.bind(product.id, at: 1)
            for (at, text) in texts.enumerated() {
                let column = Int32(at) + 2
                if text.isEmpty { write.bindNull(at: column) } else { write.bind(text, at: column) }
            }
            try write.run()
        }
        return counts
    }
}
