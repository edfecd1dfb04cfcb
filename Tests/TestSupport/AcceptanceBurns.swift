/// The burns of the acceptance night: rows 9 to 14 of the study's night of 2024-03-14.
///
/// Source: domain study, part B8. Files as tills and web shop send them, and what must become of each row.
package enum AcceptanceBurns {
    package struct Row: Sendable {
        /// The study's number of the row.
        package let number: Int
        package let burn: String
        package let outcome: String
        /// `kind amount store order` of the exceptions.
        package let exceptions: [String]
    }

    /// The last good day of K3 ends before the night: they come on 2024-03-09 or before.
    package static let codes = """
        code,reward_id,state,card_code,expires_on
        K1,R25,assigned,C1,2024-12-31
        K2,R25,available,,2024-12-31
        K3,R25,assigned,C3,2024-03-10
        K4,R25,assigned,C4,2024-12-31

        """

    package static let pos = """
        burn_id,burned_at,store_id,channel,card_code,code,order_id,order_amount
        A9,2024-03-14T18:22:00,PAR01,pos,C1,K1,P1,60.00
        A11,2024-03-14T12:00:00,PAR01,pos,C2,K2,P2,80.00
        A12,2024-03-09T22:00:00,PAR02,pos,C3,K3,P3,75.00
        A13,2024-03-14T10:00:00,PAR01,pos,C4,K4,P4,32.00
        A14,2024-03-14T11:00:00,PAR01,pos,C1,4.00638E+12,P5,60.00

        """

    package static let ecom = """
        burn_id,burned_at,store_id,channel,card_code,code,order_id,order_amount
        A10,2024-03-14T18:40:00,WEB,ecom,C1,K1,W1,60.00

        """

    /// Row 14 never comes this far: its line is rejected with `spreadsheet_damage`.
    package static let rows: [Row] = [
        Row(number: 9, burn: "A9", outcome: "burned", exceptions: []),
        Row(
            number: 10, burn: "A10", outcome: "double_burn",
            exceptions: ["double_burn 25.00 WEB W1"]),
        Row(
            number: 11, burn: "A11", outcome: "burned",
            exceptions: ["local_assignment 25.00 PAR01 P2"]),
        Row(
            number: 12, burn: "A12", outcome: "burned",
            exceptions: ["late_report 25.00 PAR02 P3"]),
        Row(
            number: 13, burn: "A13", outcome: "burned",
            exceptions: ["below_minimum 25.00 PAR01 P4"]),
    ]
    package static let rejected = (line: 6, reason: "spreadsheet_damage")
}
