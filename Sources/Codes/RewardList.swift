package import Loyalty

/// The rewards of the night, by the store's small integers.
package struct RewardList {
    /// In the order of their integers.
    package private(set) var all: [(id: Int32, reward: Reward)] = []
    private var byID: [Int32: Int] = [:]
    private var byName: [String: Int32] = [:]

    package init(_ rewards: [(id: Int32, reward: Reward)]) {
        all = rewards.sorted { $0.id < $1.id }
        for (index, entry) in all.enumerated() {
            byID[entry.id] = index
            byName[entry.reward.id] = entry.id
        }
    }

    /// The reward of an integer.
    package subscript(id: Int32) -> Reward? { byID[id].map { all[$0].reward } }

    /// The integer of a reward's id.
    package func id(of name: String) -> Int32? { byName[name] }
}
