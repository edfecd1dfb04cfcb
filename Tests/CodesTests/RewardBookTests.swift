import Codes
import Loyalty
import Storage
import TestSupport
import Testing

@Suite struct RewardBookTests {
}
