import Testing

/// What reports tell of what is sent.
@Suite struct DeliveryReportsTests {
    @Test
    func `deliveries are what was written, what became of it since the night before, what waits`()
        throws
    {
        let store = try ReportStore()
        try store.run(
            """
            INSERT INTO delivery_total VALUES
                ({2026-11-16}, 'crm', 'balances', 10, 0, 0, 0, 0),
                ({2026-11-17}, 'crm', 'balances', 5, 7, 1, 2, 0),
                ({2026-11-17}, 'crm', 'grants', 3, 0, 0, 0, 0),
                ({2026-11-16}, 'lake', 'reports', 4, 4, 0, 0, 0),
                ({2026-11-15}, 'shop', 'code-add', 6, 0, 0, 0, 0),
                ({2026-11-18}, 'shop', 'code-add', 1, 6, 0, 0, 0);
            """)
        #expect(
            try store.text(.of("deliveries"))
                == lines(
                    "endpoint,kind,written,acknowledged,superseded,refused,given_up,waiting",
                    "crm,balances,5,7,1,2,0,5", "crm,grants,3,0,0,0,0,3",
                    "shop,code-add,0,0,0,0,0,6"))
    }

    @Test func `what an endpoint refused is an exception; cards and codes stand in their columns`()
        throws
    {
        let store = try ReportStore()
        try store.run(
            """
            INSERT INTO delivery_exception VALUES
                ({2026-11-17}, 7, 1, 'crm', 'balances', 'C1', 'refused', 'answered 422: no such card'),
                ({2026-11-17}, 8, 4, 'shop', 'code-add', 'SUMMER-7F3K', 'given_up', 'timed out'),
                ({2026-11-17}, 9, 1, 'shop', 'code-add', 'SUMMER-9XYZ', 'refused', 'answered 400'),
                ({2026-11-17}, 9, 2, 'shop', 'code-add', 'SUMMER-9XYZ', 'refused', 'answered 409'),
                ({2026-11-17}, 10, 1, 'pos', 'replenishment', 'r25', 'refused', 'answered 404'),
                ({2026-11-17}, 11, 1, 'lake', 'reports', 'reports', 'refused', 'no such bucket'),
                ({2026-11-16}, 12, 1, 'crm', 'balances', 'C2', 'refused', 'answered 422');
            """)
        #expect(
            try store.text(.of("exceptions"))
                == lines(
                    "kind,source,system,account,card_code,points,amount,code,reward_id,store_id,order_id,detail",
                    "delivery_given_up,code-add/8,shop,,,,,****7F3K,,,,timed out",
                    "delivery_refused,balances/7,crm,,C1,,,,,,,answered 422: no such card",
                    "delivery_refused,code-add/9,shop,,,,,****9XYZ,,,,answered 409",
                    "delivery_refused,replenishment/10,pos,,,,,,r25,,,answered 404",
                    "delivery_refused,reports/11,lake,,,,,,,,,no such bucket"))
    }
}
